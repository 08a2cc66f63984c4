import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { drainStack } from '../../cli/commands/drain.ts';
import { Records } from '../../cli/records.ts';
import { exitCodeOfRun } from '../../cli/run-report.ts';
import { runSchedule } from '../../cli/run-schedule.ts';
import type { LedgerRow } from '../../core/ledger.ts';
import { deploy, T0, type Deployed } from './deployed.ts';

const DUE_MS = Date.UTC(2026, 10, 24, 3);
const DUE = '2026-11-24T03:00:00Z';
const TASK_ID = 'Nightly-20261124T030000Z';
const BOUNDARY = `object-transfer.${TASK_ID}`;
const EVENT = { type: 'object-transfer', schedule: 'Nightly', scheduledTime: DUE };

const records = (stack: Deployed) => new Records(stack.connection.config, stack.connection.outputs);
const rowOf = (stack: Deployed): Promise<LedgerRow | undefined> => records(stack).row(BOUNDARY);
const rows = (stack: Deployed): Promise<LedgerRow[]> => records(stack).recent(2, stack.aws.clock.nowMs());

/** A stack shortly before the schedule is due: idle hours before that would only be slow. */
async function beforeDue({ exported = true } = {}): Promise<Deployed> {
  const stack = await deploy('sample');
  await stack.aws.clock.sleep(DUE_MS - T0 - 30_000);
  if (exported) stack.put('source', 'exports/2026-11-24.csv', Buffer.from('a,b'));
  return stack;
}

/** Lets the schedules run from shortly before the time until some minutes after it. */
async function pass(stack: Deployed, minutes: number): Promise<void> {
  stack.aws.startSchedules();
  await stack.aws.clock.sleep(minutes * 60_000);
  stack.aws.stopSchedules();
}

const submitScheduled = (stack: Deployed): string =>
  [...stack.stack.resources.values()].find(
    ({ type, logicalId }) => type === 'AWS::Lambda::Function' && logicalId.includes('SubmitScheduled'),
  )?.physicalId ?? '';

/** The letters of missed runs: what was asked for, and why it failed. */
const missed = (stack: Deployed) =>
  stack.aws.queues
    .all()
    .filter(({ name }) => name.includes('ScheduledRunsMissed'))
    .flatMap(({ messages }) =>
      messages.map(({ body, attributes }) => {
        const { requestPayload, responsePayload } = JSON.parse(body) as {
          requestPayload?: unknown;
          responsePayload?: { errorType: string; errorMessage: string };
        };
        return { body, attributes, requestPayload, ...responsePayload };
      }),
    );

/** Invokes the function as the account's owner may, who is nobody's schedule. */
async function forge(stack: Deployed, event: unknown) {
  const lambda = new LambdaClient({ ...stack.connection.config });
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: submitScheduled(stack), Payload: Buffer.from(JSON.stringify(event)) }),
  );
  const answer = JSON.parse(Buffer.from(Payload ?? []).toString('utf8')) as unknown;
  return { failed: FunctionError !== undefined, answer };
}

/** Fails the first calls of submit-scheduled to a service. */
function failing(stack: Deployed, operation: string, times: number): { calls: number } {
  const seen = { calls: 0 };
  stack.aws.intercept = (call) => {
    if (call.operation !== operation || !call.caller.arn.includes('SubmitScheduled')) return 'proceed';
    seen.calls += 1;
    return seen.calls <= times
      ? { refuse: { name: 'AccessDeniedException', message: 'refused by the scenario', status: 400 } }
      : 'proceed';
  };
  return seen;
}

describe('a schedule that is due', () => {
  it('submits one task, which run follows to its end', async () => {
    const stack = await beforeDue();
    stack.aws.startSchedules();
    const report = await runSchedule({ ...stack.connection }, 'Nightly', {
      out: undefined,
      io: stack.io,
    }).finally(() => stack.aws.stopSchedules());
    expect([exitCodeOfRun(report), report.boundaryId, report.outcome, report.proof]).toEqual([
      0,
      BOUNDARY,
      'succeeded',
      'refused',
    ]);
    const row = await rowOf(stack);
    const arn = stack.aws.schedules.all().find(({ arn }) => arn.includes('Nightly'))?.arn ?? 'none';
    expect(row).toMatchObject({
      requestedBy: { arn, userId: 'scheduler.amazonaws.com', accountId: '111122223333' },
      requester: arn,
      scheduled: { schedule: 'Nightly', forMs: DUE_MS },
      reason: 'Run of the schedule Nightly',
      parameters: { sourceKey: 'exports/2026-11-24.csv', destinationKey: 'in/2026-11-24.csv' },
    });
    const [requested] = await records(stack).events(BOUNDARY);
    expect(requested).toMatchObject({ type: 'task.requested', actor: arn });
    expect(missed(stack)).toEqual([]);
  });

  it('makes one task of three deliveries, at once and later', async () => {
    const stack = await beforeDue();
    stack.aws.schedules.delivery = ({ scheduleName }) =>
      scheduleName.includes('Nightly') ? [0, 0, 300_000] : [0];
    await pass(stack, 10);
    expect((await rows(stack)).map(({ boundaryId, phase }) => [boundaryId, phase])).toEqual([
      [BOUNDARY, 'closed'],
    ]);
    const events = await records(stack).events(BOUNDARY);
    expect(events.filter(({ type }) => type === 'task.requested')).toHaveLength(1);
    expect(missed(stack)).toEqual([]);
  });

  it('fails cleanly where there is nothing to transfer: boundary closed', async () => {
    const stack = await beforeDue({ exported: false });
    await pass(stack, 5);
    expect(await rowOf(stack)).toMatchObject({
      phase: 'closed',
      outcome: 'failed',
      proof: { kind: 'refused' },
    });
    expect(missed(stack)).toEqual([]);
  });
});

describe('a run that cannot be submitted', () => {
  it('is tried again by Lambda, twice, and then is done', async () => {
    const stack = await beforeDue();
    const seen = failing(stack, 'GetParameter', 2);
    await pass(stack, 10);
    expect(seen.calls).toBe(3);
    expect(await rowOf(stack)).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    expect(missed(stack)).toEqual([]);
  });

  it('half done, goes on with the next attempt where the last one stopped', async () => {
    const stack = await beforeDue();
    failing(stack, 'StartExecution', 1);
    await pass(stack, 10);
    expect(await rowOf(stack)).toMatchObject({ phase: 'closed', outcome: 'succeeded' });
    expect(await rows(stack)).toHaveLength(1);
  });

  it('for good, ends with the missed runs', async () => {
    const stack = await beforeDue();
    failing(stack, 'GetParameter', Infinity);
    await pass(stack, 10);
    expect(await rows(stack)).toEqual([]);
    expect(missed(stack)).toMatchObject([
      { requestPayload: EVENT, errorType: 'AccessDeniedException', errorMessage: 'refused by the scenario' },
    ]);
  });

  it('because the stack drains, ends with the missed runs', async () => {
    const stack = await beforeDue();
    stack.aws.startSchedules();
    await drainStack(stack.connection, {}, stack.io);
    await pass(stack, 10);
    expect(await rows(stack)).toEqual([]);
    expect(missed(stack)).toMatchObject([{ requestPayload: EVENT, errorType: 'StackDraining' }]);
  });

  it('because the Scheduler may not call it, ends with the missed runs', async () => {
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

describe('an event that no schedule sent', () => {
  it('is refused by IAM when a requester sends it', async () => {
    const stack = await deploy('sample');
    const lambda = new LambdaClient({ ...stack.requester });
    await expect(
      lambda.send(
        new InvokeCommand({
          FunctionName: submitScheduled(stack),
          Payload: Buffer.from(JSON.stringify({ ...EVENT, scheduledTime: '2026-11-23T10:00:00Z' })),
        }),
      ),
    ).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(await rows(stack)).toEqual([]);
  });

  const now = { ...EVENT, scheduledTime: '2026-11-23T10:00:00Z' };
  it('makes no task, and is said to be what it is', async () => {
    const stack = await deploy('sample');
    const forged: [unknown, RegExp][] = [
      [null, /The event is null/],
      [{}, /type: /],
      [[now], /The event is \[/],
      [{ ...now, parameters: { sourceKey: 'secret' } }, /Unrecognized key/],
      [{ ...now, type: 'Object Transfer' }, /type: /],
      [{ ...now, type: 'database-maintenance-x' }, /has no such schedule/],
      [
        { ...now, schedule: 'Hourly' },
        /its schedule Hourly; as deployed now, the stack has no such schedule/,
      ],
      [{ ...now, schedule: '__proto__' }, /schedule: /],
      [{ ...now, schedule: 'Constructor' }, /no such schedule/],
      [{ ...now, scheduledTime: 'now' }, /scheduled time is "now"/],
      [{ ...now, scheduledTime: '2026-11-22T09:59:59Z' }, /at most 24 hours after its time/],
      [{ ...now, scheduledTime: '2026-11-23T10:02:00Z' }, /60 seconds before/],
    ];
    for (const [event, said] of forged) {
      const { failed, answer } = await forge(stack, event);
      expect([event, failed, answer]).toEqual([
        event,
        true,
        expect.objectContaining({ errorType: 'NotScheduled', errorMessage: expect.stringMatching(said) }),
      ]);
    }
    expect(await rows(stack)).toEqual([]);
    expect(stack.aws.states.executions()).toEqual([]);
  });
});

describe('the id of a run', () => {
  it('cannot be taken by a person beforehand', async () => {
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

  it('taken by an execution that was started by hand, is a task that failed: nothing was issued, and its boundary is closed', async () => {
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
  it('changes nothing: the task stands, and the log says so', async () => {
    const stack = await beforeDue();
    await pass(stack, 5);
    const before = await rowOf(stack);
    const { ssm, clock, lambda } = stack.aws;
    const type = [...stack.stack.resources.values()].find((one) => one.type === 'AWS::SSM::Parameter');
    const value = String(type?.properties['Value']).replace('in/{date:', 'new/{date:');
    ssm.putParameter(String(type?.properties['Name']), value, clock.nowMs());
    expect(await forge(stack, EVENT)).toEqual({ failed: false, answer: null });
    expect(await rowOf(stack)).toEqual(before);
    const warnings = lambda.host.logs.filter(({ level }) => level === 'WARN');
    expect(warnings.map(({ message }) => message).join()).toContain('as it was asked for before a change');
  });
});
