import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from 'taskbound-time/clock';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
/** While a task waits for its window, the only event that can happen is that it is stopped. */
const LONGEST_WAITING_PAUSE_MS = 60_000;

/** The last event of an execution: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
const ENDS = new Set(['ExecutionSucceeded', 'ExecutionFailed', 'ExecutionAborted', 'ExecutionTimedOut']);

const idOf = (event: HistoryEvent): number => event.id ?? 0;

/** The events after the last known one, oldest first. Reads backwards, so that a poll reads only new events. */
async function eventsAfter(sfn: SFNClient, executionArn: string, known: number): Promise<HistoryEvent[]> {
  const found: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await sfn.send(
      new GetExecutionHistoryCommand({
        executionArn,
        reverseOrder: true,
        maxResults: 100,
        ...omitUndefined({ nextToken }),
      }),
    );
    const fresh = (page.events ?? []).filter((event) => idOf(event) > known);
    found.push(...fresh);
    nextToken = fresh.length === (page.events ?? []).length ? page.nextToken : undefined;
  } while (nextToken !== undefined);
  return found.reverse();
}

/** When the wait of an entered state ends, according to its input. Undefined for every other event. */
export function waitsUntilMs(event: HistoryEvent): number | undefined {
  if (event.type !== 'WaitStateEntered') return undefined;
  const until = /"waitUntil":\s*"([^"]+)"/.exec(event.stateEnteredEventDetails?.input ?? '')?.[1];
  const untilMs = Date.parse(until ?? '');
  return Number.isNaN(untilMs) ? undefined : untilMs;
}

/** Step Functions does not know the execution yet, or no longer. */
export const isUnknownExecution = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ExecutionDoesNotExist';

/**
 * Calls `onEvent` for every event of an execution, in order, and returns when the execution has ended. Polls more slowly while nothing
 * happens. Right after its start an execution may not be readable yet, so that is retried. An execution that is no longer known has
 * ended: a deploy deleted its state machine.
 */
export async function followExecution(
  sfn: SFNClient,
  executionArn: string,
  clock: Clock,
  onEvent: (event: HistoryEvent) => void,
): Promise<void> {
  let known = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let missing = 0;
  let quietUntilMs = 0;
  for (;;) {
    const events = await eventsAfter(sfn, executionArn, known).catch((error: unknown) => {
      if (!isUnknownExecution(error) || (known === 0 && ++missing > 10)) throw error;
      return undefined;
    });
    if (events === undefined && known > 0) return;
    for (const event of events ?? []) onEvent(event);
    const last = events?.at(-1);
    if (last !== undefined && ENDS.has(last.type ?? '')) return;
    known = last === undefined ? known : idOf(last);
    pauseMs = last === undefined ? Math.min(Math.round(pauseMs * 1.5), LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    quietUntilMs = last === undefined ? quietUntilMs : (waitsUntilMs(last) ?? 0);
    const quietMs = Math.min(quietUntilMs - clock.nowMs(), LONGEST_WAITING_PAUSE_MS);
    await clock.sleep(Math.max(pauseMs, quietMs));
  }
}
