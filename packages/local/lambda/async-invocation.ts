import { AwsError } from '../gateway/service.ts';
import type { ResolvedFunction } from './registry.ts';
import type { FunctionHost, InvocationResult } from './types.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html: before the first and the second retry of a function error. */
const RETRY_DELAYS_MS = [60_000, 120_000];
/** The same page: throttles and system errors back off exponentially, from one second up to five minutes. */
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 300_000;

/** An asynchronous invocation that was given up. */
export interface GivenUp {
  readonly target: ResolvedFunction;
  readonly eventText: string;
  readonly requestId: string;
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
  readonly invokeCount: number;
  /** How the function failed last; undefined when it never ran. */
  readonly last: InvocationResult | undefined;
}

/**
 * An asynchronous invocation, as Lambda's own queue makes it: a function error is tried twice more, a throttle or an invocation that cannot
 * start for as long as the event may live. Returns what was given up; undefined when it succeeded. Never rejects.
 */
export async function invokeLater(
  host: FunctionHost,
  target: ResolvedFunction,
  eventText: string,
  requestId: string,
): Promise<GivenUp | undefined> {
  const { maxRetries, maxAgeSeconds } = target.asyncConfig;
  const lastMs = host.clock.nowMs() + maxAgeSeconds * 1_000;
  let backoffMs = FIRST_BACKOFF_MS;
  let last: InvocationResult | undefined;
  let invokeCount = 0;
  const givenUp = (condition: GivenUp['condition']): GivenUp => ({
    ...{ target, eventText, requestId, condition, invokeCount, last },
  });
  for (let retries = 0; ;) {
    const outcome = await attempt(host, target, eventText, requestId);
    if (outcome === 'done') return undefined;
    const failed = outcome !== 'not run';
    if (failed) [last, invokeCount] = [outcome, invokeCount + 1];
    if (failed && retries >= maxRetries) return givenUp('RetriesExhausted');
    const delayMs = failed ? (RETRY_DELAYS_MS[retries++] ?? MAX_BACKOFF_MS) : backoffMs;
    if (!failed) backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS);
    if (host.clock.nowMs() + delayMs > lastMs) return givenUp('EventAgeExceeded');
    await host.clock.sleep(delayMs);
  }
}

/** The result of a run that failed; `not run`: it was throttled, or its role cannot be assumed. */
async function attempt(
  host: FunctionHost,
  { fn, invokedArn }: ResolvedFunction,
  eventText: string,
  requestId: string,
): Promise<InvocationResult | 'done' | 'not run'> {
  try {
    const result = await host.invoke(fn, invokedArn, eventText, requestId);
    return result.error === undefined ? 'done' : result;
  } catch (error) {
    // Anything else means that the host was closed: nothing is left to run it.
    return error instanceof AwsError ? 'not run' : 'done';
  }
}
