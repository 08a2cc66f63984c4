import { AwsError } from '../gateway/service.ts';
import type { ResolvedFunction } from './registry.ts';
import type { FunctionHost, InvocationOptions, InvocationResult } from './types.ts';

/** The ids of an asynchronous invocation: each attempt has the same. */
type InvocationIds = InvocationOptions & { readonly requestId: string };

/**
 * Before the first and second retry of a function error:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 */
const RETRY_DELAYS_MS = [60_000, 120_000];
/**
 * Throttles and system errors are retried with exponential backoff, from one second to five minutes: same
 * page.
 */
const FIRST_BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 300_000;

/** An asynchronous invocation that failed and is not retried any more. */
export interface AbandonedInvocation {
  readonly target: ResolvedFunction;
  readonly eventText: string;
  readonly requestId: string;
  readonly condition: 'RetriesExhausted' | 'EventAgeExceeded';
  readonly invokeCount: number;
  /** The function's last error; undefined when it never ran. */
  readonly last: InvocationResult | undefined;
}

/**
 * Invokes a function asynchronously, like Lambda's own queue: retries a function error twice, and a throttle
 * or an invocation that cannot start until the event is too old. Returns the abandoned invocation, or
 * undefined when it succeeded. Never rejects.
 */
export async function invokeAsync(
  host: FunctionHost,
  target: ResolvedFunction,
  eventText: string,
  ids: InvocationIds,
): Promise<AbandonedInvocation | undefined> {
  const { maxRetries, maxAgeSeconds } = target.asyncConfig;
  const lastMs = host.clock.nowMs() + maxAgeSeconds * 1_000;
  let backoffMs = FIRST_BACKOFF_MS;
  let last: InvocationResult | undefined;
  let invokeCount = 0;
  const abandoned = (condition: AbandonedInvocation['condition']): AbandonedInvocation => ({
    ...{ target, eventText, requestId: ids.requestId, condition, invokeCount, last },
  });
  for (let retries = 0; ;) {
    const outcome = await attempt(host, target, eventText, ids);
    if (outcome === 'done') return undefined;
    const failed = outcome !== 'not run';
    if (failed) [last, invokeCount] = [outcome, invokeCount + 1];
    if (failed && retries >= maxRetries) return abandoned('RetriesExhausted');
    const delayMs = failed ? (RETRY_DELAYS_MS[retries++] ?? MAX_BACKOFF_MS) : backoffMs;
    if (!failed) backoffMs = Math.min(2 * backoffMs, MAX_BACKOFF_MS);
    if (host.clock.nowMs() + delayMs > lastMs) return abandoned('EventAgeExceeded');
    await host.clock.sleep(delayMs);
  }
}

/**
 * The result of a failed run. `not run`: the invocation was throttled, or the function's role cannot be
 * assumed.
 */
async function attempt(
  host: FunctionHost,
  { fn, invokedArn }: ResolvedFunction,
  eventText: string,
  ids: InvocationIds,
): Promise<InvocationResult | 'done' | 'not run'> {
  try {
    const result = await host.invoke(fn, invokedArn, eventText, ids);
    return result.error === undefined ? 'done' : result;
  } catch (error) {
    // Any other error means that the host was closed, so a retry cannot run.
    return error instanceof AwsError ? 'not run' : 'done';
  }
}
