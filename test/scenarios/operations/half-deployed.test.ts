import { DescribeStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import {
  call,
  dataOf,
  eventsOf,
  machineOf,
  submitWithoutStarting,
  deployTypeChange,
  rowOf,
  sessionsOf,
  typeOf,
  typesOf,
  type Request,
} from '../evidence/meddle.ts';

/**
 * A deploy updates a type's configuration and its state machine one after the other, so a task may find one of them new and the other old.
 */

let stack: Deployed;
beforeAll(async () => {
  stack = await deploy('sample');
  stack.put('source', 'a', Buffer.from('content'));
});

const transfer = (): Request => ({
  type: 'object-transfer',
  taskId: freshId('half'),
  reason: 'to see that what was asked for is what runs',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
});

const workNow = (): string => typeOf(stack, 'object-transfer').workVersionArn;
const another = (version: string): string => version.replace(/:\d+$/, ':9999');

function withOtherParameter(): void {
  const change = { workVersionArn: another(workNow()) };
  onTestFinished(deployTypeChange(stack, 'object-transfer', (old) => ({ ...old, ...change })));
}

/** The state machine of another deploy, which differs only in the work version. */
async function withOtherMachine(): Promise<void> {
  const sfn = new SFNClient({ ...stack.connection.config });
  const stateMachineArn = machineOf(stack, 'ObjectTransfer');
  const {
    name = '',
    roleArn = '',
    definition = '',
  } = await sfn.send(new DescribeStateMachineCommand({ stateMachineArn }));
  const register = (text: string) =>
    stack.aws.states.register({ arn: stateMachineArn, name, roleArn, definition: text });
  const other = definition.replaceAll(workNow(), another(workNow()));
  expect(other).not.toBe(definition);
  register(other);
  onTestFinished(() => register(definition));
}

describe('a task whose execution would run another work version than requested', () => {
  test.each([
    ['the state machine is the new one', withOtherMachine],
    ['the configuration is the new one', async () => withOtherParameter()],
  ])('is rejected without anything issued when %s', async (_what, deployHalf) => {
    await deployHalf();
    const ran = await stack.run(transfer());
    const { code, report, row, events } = ran;
    expect([code, report.outcome, report.phase, report.proof]).toEqual([
      1,
      'failed',
      'closed',
      'nothing-issued',
    ]);
    const because = /its execution would run arn:\S+:\d+, and arn:\S+:\d+ was asked for/;
    expect(dataOf(events, 'task.rejected')).toMatchObject({ because: expect.stringMatching(because) });
    expect(typesOf(events)).not.toContain('identity.issued');
    expect(chainFault(row.boundaryId, events)).toBeUndefined();
    expect([row.leases, sessionsOf(stack, row.boundaryId)]).toEqual([[], []]);
  });
});

describe('the work version in the input of a step', () => {
  const admitted = async () => {
    const row = await submitWithoutStarting(stack, transfer());
    expect((await call(stack, 'Admit', row)).name).toBe('ok');
    return row;
  };
  const expectNothingIssued = async (boundaryId: string) => {
    expect((await rowOf(stack, boundaryId)).leases).toEqual([]);
    expect(sessionsOf(stack, boundaryId)).toEqual([]);
  };

  test('is checked by IssueIdentity', async () => {
    const row = await admitted();
    const answer = await call(stack, 'IssueIdentity', row, { workVersion: another(workNow()) });
    expect([answer.name, answer.message]).toEqual([
      'TaskRejected',
      expect.stringMatching(/rejected by issue-identity: its execution would run/),
    ]);
    await expectNothingIssued(row.boundaryId);
  });

  test.each(['Admit', 'IssueIdentity'] as const)(
    'is required: without it, %s issues nothing',
    async (name) => {
      const row = name === 'Admit' ? await submitWithoutStarting(stack, transfer()) : await admitted();
      const answer = await call(stack, name, row, { workVersion: undefined });
      expect([answer.name, answer.message]).toEqual(['ZodError', expect.stringContaining('workVersion')]);
      await expectNothingIssued(row.boundaryId);
    },
  );

  test('is recorded in the evidence', async () => {
    const row = await admitted();
    const workVersion = workNow();
    expect((await call(stack, 'IssueIdentity', row, { workVersion })).name).toBe('ok');
    expect(dataOf(await eventsOf(stack, row.boundaryId), 'identity.issued')).toMatchObject({ workVersion });
  });
});
