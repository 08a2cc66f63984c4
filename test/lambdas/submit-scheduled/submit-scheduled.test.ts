import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlPlane } from '../../fixtures/control-plane.ts';

/** The sample's nightly transfer is due once a day, at four o'clock in Berlin. */
const FIRST_DUE_MS = Date.UTC(2026, 10, 24, 3);
const DAY_MS = 86_400_000;

let plane: ControlPlane;
let dueMs = FIRST_DUE_MS - DAY_MS;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

const second = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** Moves the clock to half a second after the next run is due. */
function nextRun() {
  dueMs += DAY_MS;
  plane.advance(dueMs + 500 - plane.clock.nowMs());
  const scheduledTime = second(dueMs);
  const taskId = `Nightly-${scheduledTime.replaceAll(/[-:]/g, '')}`;
  return {
    event: { type: 'object-transfer', schedule: 'Nightly', scheduledTime },
    boundaryId: `object-transfer.${taskId}`,
    day: scheduledTime.slice(0, 10),
  };
}

describe('SubmitScheduled', () => {
  test('submits one task for the run, with the schedule as the requester', async () => {
    const { event, boundaryId, day } = nextRun();
    expect(await plane.call('SubmitScheduled', event)).toMatchObject({ boundaryId, created: true });
    const row = await plane.row(boundaryId);
    expect(row).toMatchObject({
      phase: 'approved',
      requestedBy: { arn: expect.stringContaining('schedule/'), userId: 'scheduler.amazonaws.com' },
      scheduled: { schedule: 'Nightly', forMs: dueMs },
      parameters: { sourceKey: `exports/${day}.csv`, destinationKey: `in/${day}.csv` },
    });
    expect(await plane.eventIds(boundaryId)).toEqual(['task.requested']);
    expect(plane.execution(row.executionArn)).toBe('RUNNING');
  });

  test('returns the same task and writes nothing when the run is delivered again', async () => {
    const { event, boundaryId } = nextRun();
    await plane.call('SubmitScheduled', event);
    const before = await plane.row(boundaryId);
    expect(await plane.call('SubmitScheduled', event)).toMatchObject({ boundaryId, created: false });
    expect(await plane.row(boundaryId)).toEqual(before);
  });

  test('does not change the task when the run is delivered again after the type has changed', async () => {
    const { event, boundaryId } = nextRun();
    await plane.call('SubmitScheduled', event);
    const before = await plane.change(boundaryId, (row) => ({ ...row, requestDigest: 'of an older type' }));
    expect(await plane.call('SubmitScheduled', event)).toBeNull();
    expect(await plane.row(boundaryId)).toEqual(before);
  });

  test('completes its work when the run is delivered again after a lost answer', async () => {
    for (let call = 1; ; call += 1) {
      const { event, boundaryId } = nextRun();
      const calls = plane.loseAnswerOf(call);
      await plane.call('SubmitScheduled', event).catch(() => undefined);
      plane.recover();
      if (calls() < call) break;
      expect(await plane.call('SubmitScheduled', event)).toMatchObject({ boundaryId, phase: 'approved' });
      expect(await plane.eventIds(boundaryId)).toEqual(['task.requested']);
    }
  });
});

describe('SubmitScheduled throws NotScheduled and creates no task', () => {
  test.each<[string, object]>([
    ['for a schedule that the type does not have', { schedule: 'Hourly' }],
    ['for a type that the stack does not have', { type: 'no-such-type' }],
    ['for a time that the schedule does not produce', { scheduledTime: '2026-11-24T03:30:00Z' }],
    ['for a time that is not in the format of the Scheduler', { scheduledTime: '2026-11-24 03:00' }],
    ['for an event with an unknown field', { parameters: { sourceKey: 'mine' } }],
  ])('%s', async (_what, change) => {
    const { event } = nextRun();
    const call = plane.call('SubmitScheduled', { ...event, ...change });
    await expect(call).rejects.toMatchObject({ name: 'NotScheduled' });
  });

  test.each([
    ['for a run that is more than a day late', -DAY_MS - DAY_MS],
    ['for a run that is ahead of its time', DAY_MS],
  ])('%s', async (_what, offMs) => {
    const { event } = nextRun();
    const call = plane.call('SubmitScheduled', { ...event, scheduledTime: second(dueMs + offMs) });
    await expect(call).rejects.toMatchObject({ name: 'NotScheduled' });
    expect(await plane.ledger.get(`object-transfer.Nightly-${second(dueMs + offMs)}`)).toBeUndefined();
  });
});

test('SubmitScheduled throws StackDraining, which ends in the queue of missed runs, while the stack is drained', async () => {
  const { event, boundaryId } = nextRun();
  await plane.putRow({ boundaryId: 'drain', sinceMs: 1, by: 'olga', reason: 'The stack is deleted' });
  await expect(plane.call('SubmitScheduled', event)).rejects.toMatchObject({ name: 'StackDraining' });
  expect(await plane.ledger.get(boundaryId)).toBeUndefined();
  await plane.deleteRow('drain');
});

test('SubmitScheduled throws TaskIdTaken when another task has the run’s id', async () => {
  const { event, boundaryId } = nextRun();
  await plane.call('SubmitScheduled', event);
  await plane.change(boundaryId, ({ scheduled: _scheduled, ...row }) => ({ ...row, requestDigest: 'other' }));
  await expect(plane.call('SubmitScheduled', event)).rejects.toMatchObject({ name: 'TaskIdTaken' });
});
