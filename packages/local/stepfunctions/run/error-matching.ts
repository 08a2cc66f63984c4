import { RETRY_DEFAULTS } from '../limits.ts';
import type { Catcher, Retrier } from '../definition/definition.ts';
import type { StateError } from './state-error.ts';

const NOT_TASK_FAILED = ['States.Timeout', 'States.DataLimitExceeded'];

/**
 * Whether the ErrorEquals of a Retry or Catch matches an error:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 * States.Runtime is never retried or caught. States.ALL matches everything else. That page excludes
 * States.DataLimitExceeded from it, but executions recorded on AWS in March 2024 catch it. Nothing was recorded of States.TaskFailed,
 * so this wildcard excludes it, as the page says of wildcards; it does not match States.Timeout either.
 */
function matches(errorEquals: readonly string[], error: string): boolean {
  if (error === 'States.Runtime') return false;
  if (errorEquals.includes(error) || errorEquals.includes('States.ALL')) return true;
  return errorEquals.includes('States.TaskFailed') && !NOT_TASK_FAILED.includes(error);
}

export function catcherFor(
  catchers: readonly Catcher[] | undefined,
  error: StateError,
): { readonly catcher: Catcher; readonly path: string } | undefined {
  const index = (catchers ?? []).findIndex((catcher) => matches(catcher.ErrorEquals, error.name));
  const catcher = catchers?.[index];
  return catcher === undefined ? undefined : { catcher, path: `Catch[${index}]/` };
}

/** Counts the retries of one run of a state. Each retrier has its own count. */
export class RetryCounter {
  readonly #retriers: readonly Retrier[];
  readonly #used = new Map<Retrier, number>();

  constructor(retriers: readonly Retrier[] | undefined) {
    this.#retriers = retriers ?? [];
  }

  /**
   * Milliseconds until the next attempt, or `undefined` when there is none. The first retrier that matches
   * the error decides.
   */
  nextDelayMs(error: StateError): number | undefined {
    const retrier = this.#retriers.find(({ ErrorEquals }) => matches(ErrorEquals, error.name));
    if (retrier === undefined) return undefined;
    const used = this.#used.get(retrier) ?? 0;
    if (used >= (retrier.MaxAttempts ?? RETRY_DEFAULTS.maxAttempts)) return undefined;
    this.#used.set(retrier, used + 1);
    return delayMs(retrier, used);
  }
}

/**
 * With JitterStrategy FULL, AWS picks a random delay up to this one. Here it is always the longest, so that
 * runs repeat.
 */
function delayMs(retrier: Retrier, attemptsBefore: number): number {
  const { intervalSeconds, backoffRate } = RETRY_DEFAULTS;
  const seconds =
    (retrier.IntervalSeconds ?? intervalSeconds) * (retrier.BackoffRate ?? backoffRate) ** attemptsBefore;
  return 1000 * Math.min(seconds, retrier.MaxDelaySeconds ?? Infinity);
}
