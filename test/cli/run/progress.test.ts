import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { causeText, Progress } from '../../../cli/run/progress.ts';
import { T0 } from '../support.ts';

const event = (id: number, seconds: number, rest: Omit<HistoryEvent, 'id' | 'timestamp'>): HistoryEvent => ({
  id,
  timestamp: new Date(T0 + seconds * 1000),
  ...rest,
});
const entered = (
  id: number,
  seconds: number,
  name: string,
  type: HistoryEvent['type'] = 'TaskStateEntered',
) => event(id, seconds, { type, stateEnteredEventDetails: { name } });
const failed = (id: number, seconds: number, error: string, errorMessage: string) =>
  event(id, seconds, {
    type: 'TaskFailed',
    taskFailedEventDetails: {
      resourceType: 'lambda',
      resource: 'invoke',
      error,
      cause: JSON.stringify({ errorMessage }),
    },
  });

const all = (events: readonly HistoryEvent[]): string[] => {
  const progress = new Progress();
  return events.flatMap((one) => progress.lines(one)).map((line) => line.replace(/^ +/, '').trimEnd());
};

describe('the progress of a task', () => {
  it('shows each state with the time since the start, and leaves out those that only route', () => {
    expect(
      all([
        event(1, 0, { type: 'ExecutionStarted' }),
        entered(2, 0, 'Admit'),
        entered(3, 1.25, 'RunWork'),
        entered(4, 61, 'Outcome', 'ChoiceStateEntered'),
        entered(5, 61, 'TaskSucceeded', 'SucceedStateEntered'),
        event(6, 61, { type: 'ExecutionSucceeded' }),
      ]),
    ).toEqual(['0.0 s  Admit', '1.3 s  RunWork', '1 min 1 s  TaskSucceeded', '1 min 1 s  succeeded']);
  });

  it('says until when a task waits for its window', () => {
    const waits = (input: string) =>
      all([
        event(1, 0, { type: 'ExecutionStarted' }),
        event(2, 1, { type: 'WaitStateEntered', stateEnteredEventDetails: { name: 'AwaitWindow', input } }),
      ]);
    const opens = new Date(T0 + 29_100_000).toISOString();
    expect(waits(JSON.stringify({ waitUntil: opens }))).toEqual([
      `1.0 s  AwaitWindow until ${opens.slice(0, 19)}Z, when its window opens (in 8 h 4 min); no credential exists yet`,
    ]);
    for (const input of ['{}', '', '{"waitUntil":"soon"}'])
      expect(waits(input)).toEqual(['1.0 s  AwaitWindow']);
  });

  it('says once why a state is waited for, and how often it was tried', () => {
    expect(
      all([
        entered(1, 0, 'ProveRevoked'),
        failed(2, 1, 'StillAccepted', 'lease 1 still accepted'),
        failed(3, 2, 'StillAccepted', 'lease 1 still accepted'),
        failed(4, 3, 'StillAccepted', 'lease 1 still accepted'),
        entered(5, 5, 'CloseBoundary'),
      ]),
    ).toEqual([
      '0.0 s  ProveRevoked',
      '1.0 s    waiting: the credential is not refused yet: lease 1 still accepted',
      '5.0 s    (the same 2 more times)',
      '5.0 s  CloseBoundary',
    ]);
  });

  it('names the error of a failed execution', () => {
    expect(
      all([event(1, 0, { type: 'ExecutionFailed', executionFailedEventDetails: { error: 'NoSuchKey' } })]),
    ).toEqual(['0.0 s  failed: NoSuchKey']);
  });
});

it.each([
  [undefined, ''],
  ['plain words', 'plain words'],
  ['{"errorType":"X","errorMessage":"what happened"}', 'what happened'],
  ['{"other":1}', '{"other":1}'],
  ['a\u001b[2Jb', 'a\\u{1b}[2Jb'],
])('the cause %j is shown as %j', (cause, text) => expect(causeText(cause)).toBe(text));

it('cuts a cause that is too long for a line', () => expect(causeText('x'.repeat(1000))).toHaveLength(240));
