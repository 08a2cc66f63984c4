import { beforeAll, describe, expect, test } from 'vitest';
import type { AuditResult } from '../../core/audit/result.ts';
import { auditRecords, bundleOf, saidOf, trailAfter } from '../core/audit/support.ts';
import { deploy, freshId, type Deployed, type Ran } from './deployed.ts';
import { HOWS } from '../fixtures/work/misbehaving.ts';
import { RAW_HOWS } from '../fixtures/work/raw.ts';

async function audited(stack: Deployed, ran: Ran): Promise<AuditResult> {
  const trail = await trailAfter(stack, ran);
  return auditRecords(bundleOf(ran.row.boundaryId, ran.events), trail);
}

function expectEnforced(result: AuditResult): void {
  expect(result.verdict, saidOf(result)).toBe('enforced');
}

describe('no false alarms: whatever the work does, IAM contains it, and the trail shows that', () => {
  let stack: Deployed;
  beforeAll(async () => {
    stack = await deploy('misbehaving');
    stack.put('source', 'mine', Buffer.from('mine'));
    stack.put('source', 'sibling', Buffer.from('not mine'));
    // Something of everybody's, so that the trail shows that objects' data events are logged.
    await stack.run(request('succeed'));
  });
  const request = (how: string, target = 'none') => ({
    type: 'misbehaving',
    taskId: freshId(),
    reason: 'to be audited',
    parameters: { how, key: 'mine', target },
  });

  test.each(HOWS)('%s', async (how) => {
    expectEnforced(await audited(stack, await stack.run(request(how, 'sibling'))));
  });

  test.each(RAW_HOWS)('%s, without the runtime', async (how) => {
    const ran = await stack.run({
      type: 'raw',
      taskId: freshId(),
      reason: 'to be audited',
      parameters: { how },
    });
    expectEnforced(await audited(stack, ran));
  });
});
