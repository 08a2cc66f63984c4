import { expect, it } from 'vitest';
import { runTask } from '../../../cli/run/run-task.ts';
import { deploy, freshId } from '../deployed.ts';
import { maintenance } from '../logins/database.ts';

it('a person of --approve-as who may not approve is reported, and the task waits until its approvals expire', async () => {
  const stack = await deploy('sample');
  const request = { ...maintenance(stack, { kind: 'vacuum', tables: ['shop.orders'] }), taskId: freshId() };
  const approveAs = [
    { name: 'ann', role: 'Approvers' },
    { name: 'bob', role: 'Requesters' },
  ];
  stack.aws.startSchedules();
  const running = runTask(stack.connection, request, { out: undefined, io: stack.io, approveAs });
  const report = await running.finally(() => stack.aws.stopSchedules());
  const printed = stack.messages.join('');
  expect(printed).toMatch(/--approve-as ann@Approvers: .*ann asked for it/);
  expect(printed).toMatch(/--approve-as bob@Requesters: .*may not/);
  expect(printed).toMatch(/It waits for approval, 0 of 2 until /);
  expect(report).toMatchObject({ outcome: 'failed', phase: 'closed' });
  expect(report.error).toMatch(/^TaskRejected: /);
});
