import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { mockAws } from '../../../fixtures/mock-aws.ts';
import { beforeEach, describe, expect, test } from 'vitest';
import { closedEvent } from '../../../../core/operations/bus-events.ts';
import { EventBus } from '../../../../lambdas/control/evidence/event-bus.ts';
import { withTimeout } from '../../../../lambdas/control/function/with-timeout.ts';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { BOUNDARY, rowOf } from '../../../fixtures/row.ts';

const bridge = mockAws(EventBridgeClient);
beforeEach(() => bridge.reset());

const closed = rowOf({
  phase: 'closed',
  outcome: 'failed',
  proof: { kind: 'expired', provenAtMs: 1_000 },
  closedAtMs: 2_000,
});
const event = closedEvent(closed);
const newBus = () => {
  const clock = new VirtualClock({ startMs: 5_000 });
  return { clock, bus: new EventBus(new EventBridgeClient({}), clock) };
};

test('EventBus.put puts one entry with the source taskbound on the default bus and returns the time', async () => {
  bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] });
  expect(await newBus().bus.put(event)).toBe(5_000);
  const [entry] = bridge.commandCalls(PutEventsCommand)[0]?.args[0].input.Entries ?? [];
  expect(entry).toMatchObject({ Source: 'taskbound', DetailType: 'boundary.closed' });
  expect(JSON.parse(entry?.Detail ?? '')).toEqual({
    version: 1,
    stack: 'Taskbound',
    boundaryId: BOUNDARY,
    taskType: 'object-transfer',
    taskId: 'task-1',
    outcome: 'failed',
    proof: 'expired',
    requestedAt: '1970-01-01T00:00:00.000Z',
    provenAt: '1970-01-01T00:00:01.000Z',
    closedAt: '1970-01-01T00:00:02.000Z',
  });
});

describe('EventBus, when EventBridge does not accept the entry', () => {
  const refusal = { ErrorCode: 'InternalFailure', ErrorMessage: 'later' };
  const cases: readonly (readonly [string, () => unknown, RegExp])[] = [
    [
      'one entry, in an answer that says OK',
      () => bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 1, Entries: [refusal] }),
      /InternalFailure: later/,
    ],
    ['an answer without a result', () => bridge.on(PutEventsCommand).resolves({}), /no reason given/],
    [
      'the whole request',
      () => bridge.on(PutEventsCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDenied' })),
      /AccessDenied: no/,
    ],
    [
      'a request that is never answered, after three seconds',
      () => bridge.on(PutEventsCommand).callsFake(() => new Promise(() => undefined)),
      /no answer within 3000 ms/,
    ],
  ];

  test.each(cases)('throws NotAnnounced for %s', async (_what, answer, because) => {
    answer();
    const { bus, clock } = newBus();
    await expect(bus.put(event)).rejects.toMatchObject({
      name: 'NotAnnounced',
      message: expect.stringMatching(because),
    });
    expect(clock.nowMs()).toBeLessThanOrEqual(8_000);
    expect(await bus.tryPut(event)).toBeUndefined();
  });

  test('does not hide a programming error as NotAnnounced', async () => {
    bridge.on(PutEventsCommand).resolves({ FailedEntryCount: 0 });
    const broken = { ...event, detail: { ...event.detail, toJSON: () => JSON.parse('{') } };
    await expect(newBus().bus.tryPut(broken as typeof event)).rejects.toThrow(SyntaxError);
  });
});

describe('withTimeout', () => {
  test('returns or throws what the work does, and leaves no timer', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    expect(await withTimeout(clock, 1_000, async () => 'done')).toBe('done');
    await expect(withTimeout(clock, 1_000, () => Promise.reject(new RangeError('no')))).rejects.toThrow(
      RangeError,
    );
    expect(clock.nowMs()).toBe(0);
  });

  test('aborts the signal of work that takes too long', async () => {
    const clock = new VirtualClock({ startMs: 0 });
    let told: AbortSignal | undefined;
    const late = withTimeout(clock, 1_000, (signal) => {
      told = signal;
      return new Promise(() => undefined);
    });
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
    expect([told?.aborted, clock.nowMs()]).toEqual([true, 1_000]);
  });
});
