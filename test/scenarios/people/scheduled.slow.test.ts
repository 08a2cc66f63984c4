import { describe, expect, it } from 'vitest';
import { drainStack } from '../../../cli/drain/drain.ts';
import { DUE, TASK_ID, EVENT, rowOf, rows, beforeDue, pass, missed, forge, failing } from './scheduling.ts';

describe('a run that cannot be submitted', () => {
  it('is retried twice by Lambda, and then succeeds', async () => {
    const stack = await beforeDue();
    const seen = failing(stack, 'GetParameter', 2);
    await pass(stack, 10);
    expect(seen.calls).toBe(3);
    expect(await rowOf(stack)).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    expect(missed(stack)).toEqual([]);
  });

  it('is completed by the next attempt when one stopped half-way', async () => {
    const stack = await beforeDue();
    failing(stack, 'StartExecution', 1);
    await pass(stack, 10);
    expect(await rowOf(stack)).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    expect(await rows(stack)).toHaveLength(1);
  });

  it('is recorded as a missed run when every attempt fails', async () => {
    const stack = await beforeDue();
    failing(stack, 'GetParameter', Infinity);
    await pass(stack, 10);
    expect(await rows(stack)).toEqual([]);
    expect(missed(stack)).toMatchObject([
      { requestPayload: EVENT, errorType: 'AccessDeniedException', errorMessage: 'refused by the scenario' },
    ]);
  });

  it('is recorded as a missed run while the stack is drained', async () => {
    const stack = await beforeDue();
    stack.aws.startSchedules();
    await drainStack(stack.connection, {}, stack.io);
    await pass(stack, 10);
    expect(await rows(stack)).toEqual([]);
    expect(missed(stack)).toMatchObject([{ requestPayload: EVENT, errorType: 'StackDraining' }]);
  });

  it('is recorded as a missed run when the Scheduler may not call the function', async () => {
    const stack = await beforeDue();
    stack.aws.intercept = ({ operation, caller }) =>
      operation === 'Invoke' && caller.arn.includes('Nightly')
        ? { refuse: { name: 'AccessDeniedException', message: 'refused by the scenario', status: 403 } }
        : 'proceed';
    await pass(stack, 2);
    expect(missed(stack)).toMatchObject([
      { body: JSON.stringify(EVENT), attributes: { ERROR_CODE: 'NO_PERMISSIONS', SCHEDULED_TIME: DUE } },
    ]);
  });
});

describe('the id of a run', () => {
  it('cannot be used by a person in advance', async () => {
    const stack = await beforeDue();
    const request = {
      type: 'object-transfer',
      taskId: TASK_ID,
      reason: 'to be first',
      parameters: { sourceKey: 'exports/2026-11-24.csv', destinationKey: 'elsewhere' },
    };
    await expect(stack.run(request)).rejects.toThrow(/is the id of a run of the schedule Nightly/);
    await pass(stack, 5);
    expect(await rowOf(stack)).toMatchObject({ outcome: 'succeeded', scheduled: { schedule: 'Nightly' } });
  });

  it('leads to a failed task without credentials, and a closed boundary, when an execution was started by hand under it', async () => {
    const stack = await beforeDue();
    const machine = [...stack.stack.resources.values()].find(
      ({ type, logicalId }) =>
        type === 'AWS::StepFunctions::StateMachine' && logicalId.includes('ObjectTransfer'),
    );
    stack.aws.states.start(machine?.arn ?? '', TASK_ID, '{}');
    await pass(stack, 30);
    expect(await rowOf(stack)).toMatchObject({
      phase: 'closed',
      outcome: 'failed',
      leases: [],
      proof: { kind: 'nothing-issued' },
    });
  });
});

describe('a schedule that is changed between two deliveries of a run', () => {
  it('does not change the task, and the log reports it', async () => {
    const stack = await beforeDue();
    await pass(stack, 5);
    const before = await rowOf(stack);
    const { ssm, clock, lambda } = stack.aws;
    const type = [...stack.stack.resources.values()].find(({ properties }) =>
      String(properties['Name']).endsWith('/types/object-transfer'),
    );
    const value = String(type?.properties['Value']).replace('in/{date:', 'new/{date:');
    ssm.putParameter(String(type?.properties['Name']), value, clock.nowMs());
    expect(await forge(stack, EVENT)).toEqual({ failed: false, answer: null });
    expect(await rowOf(stack)).toEqual(before);
    const warnings = lambda.host.logs.filter(({ level }) => level === 'WARN');
    expect(warnings.map(({ message }) => message).join()).toContain(
      'was submitted before its type or schedule changed',
    );
  });
});
