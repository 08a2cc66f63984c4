import { GetExecutionHistoryCommand, type HistoryEvent, type SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from 'taskbound-time/clock';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5000;
/** While a task waits for its window, its execution has no new event unless it is stopped. */
const LONGEST_WAITING_PAUSE_MS = 60_000;

/** The types of the last event of an execution: https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html */
const END_EVENTS = new Set([
  'ExecutionSucceeded',
  'ExecutionFailed',
  'ExecutionAborted',
  'ExecutionTimedOut',
]);

const idOf = (event: HistoryEvent): number => event.id ?? 0;

/** The events after the last seen one, oldest first. Reads backwards, so that a poll reads only new events. */
async function eventsAfter(
  sfn: SFNClient,
  executionArn: string,
  lastSeenId: number,
): Promise<HistoryEvent[]> {
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
    const fresh = (page.events ?? []).filter((event) => idOf(event) > lastSeenId);
    found.push(...fresh);
    nextToken = fresh.length === (page.events ?? []).length ? page.nextToken : undefined;
  } while (nextToken !== undefined);
  return found.reverse();
}

/** When the Wait state that this event enters will end, from the state's input. Undefined for every other event. */
export function waitEndMs(event: HistoryEvent): number | undefined {
  if (event.type !== 'WaitStateEntered') return undefined;
  const until = /"waitUntil":\s*"([^"]+)"/.exec(event.stateEnteredEventDetails?.input ?? '')?.[1];
  const untilMs = Date.parse(until ?? '');
  return Number.isNaN(untilMs) ? undefined : untilMs;
}

/** Whether Step Functions does not know the execution: it was not started yet, or was deleted. */
export const isUnknownExecution = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ExecutionDoesNotExist';

/**
 * Calls `onEvent` for every event of an execution, in order, and returns when the execution has ended. Polls more slowly while there are
 * no new events. Retries at first, because a new execution may not be readable yet. An execution that disappears later has ended: a
 * deploy deleted its state machine.
 */
export async function followExecution(
  sfn: SFNClient,
  executionArn: string,
  clock: Clock,
  onEvent: (event: HistoryEvent) => void,
): Promise<void> {
  let lastSeenId = 0;
  let pauseMs = FIRST_PAUSE_MS;
  let notFoundCount = 0;
  let quietUntilMs = 0;
  for (;;) {
    const events = await eventsAfter(sfn, executionArn, lastSeenId).catch((error: unknown) => {
      if (!isUnknownExecution(error) || (lastSeenId === 0 && ++notFoundCount > 10)) throw error;
      return undefined;
    });
    if (events === undefined && lastSeenId > 0) return;
    for (const event of events ?? []) onEvent(event);
    const last = events?.at(-1);
    if (last !== undefined && END_EVENTS.has(last.type ?? '')) return;
    lastSeenId = last === undefined ? lastSeenId : idOf(last);
    pauseMs = last === undefined ? Math.min(Math.round(pauseMs * 1.5), LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    quietUntilMs = last === undefined ? quietUntilMs : (waitEndMs(last) ?? 0);
    const quietMs = Math.min(quietUntilMs - clock.nowMs(), LONGEST_WAITING_PAUSE_MS);
    await clock.sleep(Math.max(pauseMs, quietMs));
  }
}
