import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { describe, expect, it } from 'vitest';
import { exitCodeOfRun } from '../../../cli/run/run-report.ts';
import { runSchedule } from '../../../cli/run/run-schedule.ts';
import { deploy } from '../deployed.ts';
import {
  DUE_MS,
  BOUNDARY,
  EVENT,
  records,
  rowOf,
  rows,
  beforeDue,
  pass,
  submitScheduled,
  missed,
  forge,
} from './scheduling.ts';

describe('a schedule that is due', () => {
  it('submits one task, which can be followed to its end', async () => {
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
    expect(await records(stack).lookUp('requester#schedule/Nightly', 2)).toEqual([
      { boundaryId: BOUNDARY, seq: 1 },
    ]);
    expect(missed(stack)).toEqual([]);
  });

  it('creates one task for three deliveries, at the same time and later', async () => {
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

  it('closes the boundary when there is nothing to transfer', async () => {
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
  it('creates no task and is reported with its reason', async () => {
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
      [now, /for 2026-11-23T10:00:00Z, which is not a time of cron\(0 4 \* \* \? \*\) in Europe\/Berlin/],
      [{ ...now, scheduledTime: '2026-11-23T03:00:01Z' }, /which is not a time of cron/],
      [{ ...now, scheduledTime: '2026-11-23T04:00:00Z' }, /which is not a time of cron/],
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
