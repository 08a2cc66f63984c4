import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { waitEndMs } from './follow-execution.ts';
import { elapsed } from '../elapsed.ts';
import { oneLine } from 'taskbound-evidence/command/print';
import { visible } from 'taskbound-evidence/display/visible';

/** States that only route. They take no time and are not shown. */
const SILENT = new Set(['ChoiceStateEntered', 'PassStateEntered']);
const CAUSE_CHARACTERS = 240;

/** `8 h 0 min` */
const inHours = (ms: number): string =>
  ms < 3_600_000
    ? elapsed(ms)
    : `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`;

interface Failure {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** The error of a step, if the event reports one. */
function failureOf(event: HistoryEvent): Failure | undefined {
  return (
    event.taskFailedEventDetails ??
    event.taskTimedOutEventDetails ??
    event.taskStartFailedEventDetails ??
    event.taskSubmitFailedEventDetails ??
    event.lambdaFunctionFailedEventDetails ??
    event.lambdaFunctionTimedOutEventDetails ??
    event.evaluationFailedEventDetails
  );
}

/** A Lambda's cause is JSON around its message: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
export function causeText(cause: string | undefined): string {
  if (cause === undefined) return '';
  let text = cause;
  try {
    const value: unknown = JSON.parse(cause);
    if (
      typeof value === 'object' &&
      value !== null &&
      'errorMessage' in value &&
      typeof value.errorMessage === 'string'
    )
      text = value.errorMessage;
  } catch {
    // plain text
  }
  const line = oneLine(text);
  return line.length > CAUSE_CHARACTERS ? `${line.slice(0, CAUSE_CHARACTERS - 1)}…` : line;
}

/** Errors that mean that a state is retried until something happens, with what it waits for. Other errors are shown by name. */
const WAIT_REASONS: Readonly<Record<string, string>> = {
  StillAccepted: 'waiting: the credential is not refused yet',
  ExpiryPending: 'waiting for the deadline: a credential may exist that cannot be tested',
  SecretUnrevoked: 'waiting: a secret is not revoked yet',
  LedgerContention: 'waiting: another writer changed the row first',
};

/** How long a state waits, and that no credential exists until then. */
function waitText(event: HistoryEvent, atMs: number): string {
  const untilMs = waitEndMs(event);
  if (untilMs === undefined) return '';
  const until = new Date(untilMs).toISOString().slice(0, 19);
  return ` until ${until}Z, when its window opens (in ${inHours(untilMs - atMs)}); no credential exists yet`;
}

/**
 * Turns the events of one execution into progress lines: one for each state entered, one for each new reason why it is not done yet, and
 * one for the end. A repeated reason is counted.
 */
export class Progress {
  #startMs: number | undefined;
  #state = '';
  #reason = '';
  #repeats = 0;

  /** The lines for the next event; none when there is nothing new. */
  lines(event: HistoryEvent): string[] {
    const atMs = event.timestamp?.getTime() ?? 0;
    this.#startMs ??= atMs;
    const at = elapsed(atMs - this.#startMs).padStart(13);
    const entered = event.stateEnteredEventDetails?.name;
    if (entered !== undefined)
      return SILENT.has(event.type ?? '') ? [] : this.#entered(at, entered, waitText(event, atMs));
    const failure = failureOf(event);
    if (failure !== undefined) return this.#failed(at, failure);
    return this.#ended(at, event);
  }

  #entered(at: string, name: string, wait: string): string[] {
    const repeated = this.#repeated(at);
    this.#state = name;
    return [...repeated, `${at}  ${visible(name)}${wait}\n`];
  }

  #failed(at: string, { error = 'error', cause }: Failure): string[] {
    const reason = `${this.#state}/${error}`;
    if (reason === this.#reason) {
      this.#repeats += 1;
      return [];
    }
    const repeated = this.#repeated(at);
    this.#reason = reason;
    const waitReason = WAIT_REASONS[error];
    const detail = causeText(cause);
    return [...repeated, `${at}    ${waitReason ?? visible(error)}${detail === '' ? '' : `: ${detail}`}\n`];
  }

  #ended(at: string, event: HistoryEvent): string[] {
    if (event.type === 'ExecutionSucceeded') return [...this.#repeated(at), `${at}  succeeded\n`];
    const failed = event.executionFailedEventDetails;
    if (failed)
      return [...this.#repeated(at), `${at}  failed: ${visible(failed.error ?? 'no error given')}\n`];
    if (event.type === 'ExecutionAborted') return [...this.#repeated(at), `${at}  stopped\n`];
    return event.type === 'ExecutionTimedOut' ? [...this.#repeated(at), `${at}  timed out\n`] : [];
  }

  #repeated(at: string): string[] {
    const times = this.#repeats;
    this.#repeats = 0;
    this.#reason = '';
    return times === 0 ? [] : [`${at}    (the same ${times} more ${times === 1 ? 'time' : 'times'})\n`];
  }
}
