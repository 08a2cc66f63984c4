import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { waitsUntilMs } from './follow-execution.ts';
import { oneLine, visible } from 'taskbound-evidence/command/print';

/** States that only route: they take no time and say nothing to a person. */
const SILENT = new Set(['ChoiceStateEntered', 'PassStateEntered']);
const CAUSE_CHARACTERS = 240;

/** `12.3 s`, `3 min 20 s` */
export function elapsed(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

/** `8 h 0 min` */
const inHours = (ms: number): string =>
  ms < 3_600_000
    ? elapsed(ms)
    : `${Math.floor(ms / 3_600_000)} h ${Math.floor((ms % 3_600_000) / 60_000)} min`;

interface Failure {
  readonly error?: string | undefined;
  readonly cause?: string | undefined;
}

/** What went wrong in a step, when the event says so. */
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
    // plain text: as it is
  }
  const line = oneLine(text);
  return line.length > CAUSE_CHARACTERS ? `${line.slice(0, CAUSE_CHARACTERS - 1)}…` : line;
}

/** What a state is waited for, in words. The rest speak for themselves. */
const WAIT_REASONS: Readonly<Record<string, string>> = {
  StillAccepted: 'waiting: the credential is not refused yet',
  ExpiryPending: 'waiting for the deadline: a credential may exist that nobody can present',
  SecretUnrevoked: 'waiting: a secret is not revoked yet',
  LedgerContention: 'waiting: another writer was faster',
};

/** A state that waits says for how long, and that nothing is open meanwhile. */
function waitText(event: HistoryEvent, atMs: number): string {
  const untilMs = waitsUntilMs(event);
  if (untilMs === undefined) return '';
  const until = new Date(untilMs).toISOString().slice(0, 19);
  return ` until ${until}Z, when its window opens (in ${inHours(untilMs - atMs)}); no credential exists yet`;
}

/**
 * Turns the events of one execution into lines as they come: a line for each state entered, one for each new reason why it is not
 * done yet, one for the end. A reason that repeats is counted, not repeated.
 */
export class Progress {
  #startMs: number | undefined;
  #state = '';
  #reason = '';
  #repeats = 0;

  /** The lines for the next event; none when it says nothing new. */
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

  #entered(at: string, name: string, words: string): string[] {
    const repeated = this.#repeated(at);
    this.#state = name;
    return [...repeated, `${at}  ${visible(name)}${words}\n`];
  }

  #failed(at: string, { error = 'error', cause }: Failure): string[] {
    const reason = `${this.#state}/${error}`;
    if (reason === this.#reason) {
      this.#repeats += 1;
      return [];
    }
    const before = this.#repeated(at);
    this.#reason = reason;
    const words = WAIT_REASONS[error];
    const detail = causeText(cause);
    return [
      ...before,
      `${at}    ${words === undefined ? visible(error) : words}${detail === '' ? '' : `: ${detail}`}\n`,
    ];
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
