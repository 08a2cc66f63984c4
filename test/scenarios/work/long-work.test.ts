import { expect, test } from 'vitest';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import { deploy, freshId } from '../deployed.ts';
import { toolsOf } from './tools-of.ts';

/** The slower tests are in `long-work.slow.test.ts`. */
test('work that returns a checkpoint gets a second lease and its checkpoint, which contains no secret value', async () => {
  const stack = await deploy('misbehaving');
  stack.put('source', 'mine', Buffer.from('mine'));
  const ran = await stack.run({
    type: 'misbehaving',
    taskId: freshId('handed'),
    reason: 'to see it go on',
    parameters: { how: 'hands-on-values', key: 'mine', target: 'none' },
  });
  expect([ran.code, ran.report.phase, ran.report.proof]).toEqual([0, 'closed', 'refused']);
  expect(ran.row.leases).toMatchObject([{ number: 1 }, { number: 2, after: 1 }]);
  const values = Array.from({ length: 4 }, () => '[redacted]');
  expect(ran.report.result).toEqual({ checkpoint: { values } });
  const tools = (id: string) => toolsOf(ran, id).uses.map(({ tool }) => tool);
  expect(tools('work.finished:1')).toContain('TaskboundSecrets');
  expect(tools('work.finished')).toEqual([]); // Each run reports its own calls. The second made none.
  expect(chainFault(ran.row.boundaryId, ran.events)).toBeUndefined();
  const written = JSON.stringify([ran.history, ran.events, ran.row]);
  for (const value of stack.secretValues) expect(written).not.toContain(value);
});
