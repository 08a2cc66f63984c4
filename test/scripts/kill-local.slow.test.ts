import { expect, it } from 'vitest';
import { runKills } from '../../scripts/kills/run-kills.ts';

/** `node scripts/kill-local.ts` does the same with 20 kills. */
it('taskbound local --state loses no closed task when it is killed, and leaves no open one', async () => {
  const { violations, tasks } = await runKills(3);
  expect(violations).toEqual([]);
  expect(tasks).toBeGreaterThan(0);
});
