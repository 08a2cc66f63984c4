import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ControlPlane } from '../../fixtures/control-plane.ts';

/** When the sample's nightly transfer is due: at four o'clock in Berlin, and so once a day. */
const FIRST_DUE_MS = Date.UTC(2026, 10, 24, 3);
const DAY_MS = 86_400_000;

let plane: ControlPlane;
let dueMs = FIRST_DUE_MS - DAY_MS;
beforeAll(async () => void (plane = await ControlPlane.open()));
afterAll(() => plane.close());

const second = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

/** The next run, half a second after its time. */
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
  test('submits the run’s one task, as the schedule', async () => {
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

  test('delivered again: the same task, and nothing is written', async () => {
    const { event, boundaryId } = nextRun();
    await plane.call('SubmitScheduled', event);
    const before = await plane.row(boundaryId);
    expect(await plane.call('SubmitScheduled', event)).toMatchObject({ boundaryId, created: false });
    expect(await plane.row(boundaryId)).toEqual(before);
  });

  test('delivered again after the type has changed: no answer, and the task stays as it was asked for', async () => {
    const { event, boundaryId } = nextRun();
    await plane.call('SubmitScheduled', event);
    const before = await plane.change(boundaryId, (row) => ({ ...row, requestDigest: 'of an older type' }));
    expect(await plane.call('SubmitScheduled', event)).toBeNull();
    expect(await plane.row(boundaryId)).toEqual(before);
  });

  test('half done: another delivery completes what a lost answer interrupted', async () => {
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

describe('SubmitScheduled makes no task: NotScheduled', () => {
  test.each<[string, object]>([
    ['for a schedule that the type does not have', { schedule: 'Hourly' }],
    ['for a type that the stack does not have', { type: 'no-such-type' }],
    ['for a time that the schedule does not produce', { scheduledTime: '2026-11-24T03:30:00Z' }],
    ['for a time that is not written as the Scheduler writes it', { scheduledTime: '2026-11-24 03:00' }],
    ['for an event with a field of its own', { parameters: { sourceKey: 'mine' } }],
  ])('%s', async (_what, change) => {
    const { event } = nextRun();
    const call = plane.call('SubmitScheduled', { ...event, ...change });
    await expect(call).rejects.toMatchObject({ name: 'NotScheduled' });
  });

  test.each([
    ['more than a day late', -DAY_MS - DAY_MS],
    ['ahead of its time', DAY_MS],
  ])('%s', async (_what, offMs) => {
    const { event } = nextRun();
    const call = plane.call('SubmitScheduled', { ...event, scheduledTime: second(dueMs + offMs) });
    await expect(call).rejects.toMatchObject({ name: 'NotScheduled' });
    expect(await plane.ledger.get(`object-transfer.Nightly-${second(dueMs + offMs)}`)).toBeUndefined();
  });
});

test('while the stack is drained: StackDraining, which ends in the queue of missed runs', async () => {
  const { event, boundaryId } = nextRun();
  await plane.putRow({ boundaryId: 'drain', sinceMs: 1, by: 'olga', reason: 'The stack is deleted' });
  await expect(plane.call('SubmitScheduled', event)).rejects.toMatchObject({ name: 'StackDraining' });
  expect(await plane.ledger.get(boundaryId)).toBeUndefined();
  await plane.deleteRow('drain');
});

test('another task under the run’s id: TaskIdTaken', async () => {
  const { event, boundaryId } = nextRun();
  await plane.call('SubmitScheduled', event);
  await plane.change(boundaryId, ({ scheduled: _scheduled, ...row }) => ({ ...row, requestDigest: 'other' }));
  await expect(plane.call('SubmitScheduled', event)).rejects.toMatchObject({ name: 'TaskIdTaken' });
});
