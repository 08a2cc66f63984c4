import { GetExecutionHistoryCommand, SFNClient, type HistoryEvent } from '@aws-sdk/client-sfn';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { expect, it } from 'vitest';
import { followExecution } from '../../../cli/run/follow-execution.ts';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { T0 } from '../support.ts';

const events = (count: number): HistoryEvent[] =>
  Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    timestamp: new Date(T0),
    type: index + 1 === 250 ? 'ExecutionSucceeded' : 'PassStateEntered',
  }));

/** A history that grows with every poll, in pages of 100, newest first. */
function growing(counts: readonly number[]): SFNClient {
  let poll = -1;
  mockAws(SFNClient)
    .on(GetExecutionHistoryCommand)
    .callsFake(({ nextToken }: { nextToken?: string }) => {
      if (nextToken === undefined) poll += 1;
      const from = Number(nextToken ?? 0);
      const newest = events(counts[Math.min(poll, counts.length - 1)] ?? 0).reverse();
      return {
        events: newest.slice(from, from + 100),
        ...(newest.length > from + 100 && { nextToken: String(from + 100) }),
      };
    });
  return new SFNClient({ region: 'eu-central-1' });
}

it('hands over every event once, in order, over pages and polls', async () => {
  const seen: number[] = [];
  await followExecution(
    growing([0, 1, 1, 120, 120, 250]),
    'arn',
    new VirtualClock({ startMs: T0 }),
    (event) => seen.push(event.id ?? 0),
  );
  expect(seen).toEqual(Array.from({ length: 250 }, (_, index) => index + 1));
});

it('waits for an execution that cannot be read yet, and no longer than sensible', async () => {
  mockAws(SFNClient)
    .on(GetExecutionHistoryCommand)
    .rejects(Object.assign(new Error('not there'), { name: 'ExecutionDoesNotExist' }));
  const clock = new VirtualClock({ startMs: T0 });
  await expect(
    followExecution(new SFNClient({ region: 'eu-central-1' }), 'arn', clock, () => undefined),
  ).rejects.toThrow('not there');
  expect(clock.nowMs()).toBeGreaterThan(T0 + 10_000);
});

it('ends with an execution that is not known any more', async () => {
  const gone = Object.assign(new Error('gone'), { name: 'ExecutionDoesNotExist' });
  mockAws(SFNClient)
    .on(GetExecutionHistoryCommand)
    .resolvesOnce({ events: events(1) })
    .rejects(gone);
  const seen: number[] = [];
  await followExecution(
    new SFNClient({ region: 'eu-central-1' }),
    'arn',
    new VirtualClock({ startMs: T0 }),
    (event) => seen.push(event.id ?? 0),
  );
  expect(seen).toEqual([1]);
});

it('passes on what else goes wrong', async () => {
  mockAws(SFNClient).on(GetExecutionHistoryCommand).rejects(new Error('down'));
  const following = followExecution(
    new SFNClient({ region: 'eu-central-1' }),
    'arn',
    new VirtualClock({ startMs: T0 }),
    () => undefined,
  );
  await expect(following).rejects.toThrow('down');
});

it('looks once a minute at a task that waits for its window, and again when it opens', async () => {
  const clock = new VirtualClock({ startMs: T0 });
  const opensMs = T0 + 3_600_000;
  const waiting = {
    id: 1,
    timestamp: new Date(T0),
    type: 'WaitStateEntered' as const,
    stateEnteredEventDetails: {
      name: 'AwaitWindow',
      input: JSON.stringify({ waitUntil: new Date(opensMs).toISOString() }),
    },
  };
  let polls = 0;
  mockAws(SFNClient)
    .on(GetExecutionHistoryCommand)
    .callsFake(() => {
      polls += 1;
      const end = { id: 2, timestamp: new Date(opensMs), type: 'ExecutionSucceeded' as const };
      return { events: clock.nowMs() < opensMs ? [waiting] : [end, waiting] };
    });
  await followExecution(new SFNClient({ region: 'eu-central-1' }), 'arn', clock, () => undefined);
  expect(polls).toBeLessThan(65);
  expect(clock.nowMs()).toBeLessThan(opensMs + 5000);
});
