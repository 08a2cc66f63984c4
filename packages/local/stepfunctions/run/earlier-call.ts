import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { Execution } from './execution.ts';
import { StateError } from './state-error.ts';

/** How the last call of a state ended that was made by an embedded AWS which has ended since. */
export interface EarlierCall {
  /** The function's result, or a `StateError`. */
  readonly outcome: unknown;
  /** Whether the history has the outcome already. */
  readonly isRecorded: boolean;
}

/**
 * The earlier call of the state that a resumed execution continues in, once; undefined when there was none. A function that had not answered
 * may have done its work, as when a connection breaks, and is called again only if the state retries that error. A recorded answer counts.
 */
export function earlierCall(execution: Execution, enteredId: number): EarlierCall | undefined {
  if (execution.resumedIn === undefined) return undefined;
  execution.resumedIn = undefined;
  const last = execution.events.at(-1);
  if (last === undefined || (last.id ?? 0) <= enteredId) return undefined;
  if (/(Scheduled|Started)$/.test(last.type ?? '')) return { outcome: interrupted(), isRecorded: false };
  return { outcome: recordedOutcome(last), isRecorded: true };
}

/** The error of a broken connection: https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html */
const interrupted = (): StateError =>
  new StateError('Lambda.SdkClientException', 'The embedded AWS ended while the function ran.');

interface OutcomeDetails {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
  readonly output?: string | undefined;
}

function recordedOutcome(event: HistoryEvent): unknown {
  const { error, cause, output }: OutcomeDetails =
    event.taskSucceededEventDetails ??
    event.lambdaFunctionSucceededEventDetails ??
    event.taskFailedEventDetails ??
    event.lambdaFunctionFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.lambdaFunctionTimedOutEventDetails ??
    event.evaluationFailedEventDetails ??
    {};
  return output === undefined
    ? new StateError(error ?? 'States.Runtime', cause)
    : (JSON.parse(output) as unknown);
}
