import * as z from 'zod';

/**
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html; the same for the
 * Scheduler.
 */
export interface RetryPolicy {
  readonly maxAttempts: number;
  readonly maxAgeSeconds: number;
}

const MAX_ATTEMPTS = 185;
const MIN_AGE_SECONDS = 60;
const MAX_AGE_SECONDS = 86_400;

/** AWS documents "exponential backoff" without figures; these are our own. */
const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 300_000;

/** `RetryPolicy` of a template. AWS's defaults are one day and 185 retries. */
export const retryProperties = z
  .strictObject({
    MaximumRetryAttempts: z.coerce.number().int().min(0).max(MAX_ATTEMPTS).default(MAX_ATTEMPTS),
    MaximumEventAgeInSeconds: z.coerce
      .number()
      .int()
      .min(MIN_AGE_SECONDS)
      .max(MAX_AGE_SECONDS)
      .default(MAX_AGE_SECONDS),
  })
  .prefault({})
  .transform((policy): RetryPolicy => ({
    maxAttempts: policy.MaximumRetryAttempts,
    maxAgeSeconds: policy.MaximumEventAgeInSeconds,
  }));

/** Milliseconds until the next attempt, or the name of the limit that is reached, as in a dead letter. */
export function retryDelayMs(policy: RetryPolicy, retries: number, ageMs: number): number | string {
  if (retries >= policy.maxAttempts) return 'MaximumRetryAttempts';
  const delayMs = Math.min(FIRST_DELAY_MS * 2 ** retries, MAX_DELAY_MS);
  return ageMs + delayMs > policy.maxAgeSeconds * 1_000 ? 'MaximumEventAgeInSeconds' : delayMs;
}
