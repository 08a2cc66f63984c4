/**
 * Largest request and response of a synchronous invocation:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const MAX_REQUEST_BYTES = 6 * 1024 * 1024;

/**
 * The limit in Lambda's own message, 100 bytes above 6 MiB:
 * https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html
 */
export const MAX_RESPONSE_BYTES = 6_291_556;

/**
 * The limit for loading the code, and for a handler up to its first await, in real milliseconds. Virtual time
 * does not pass meanwhile, so the function's timeout cannot end a busy loop.
 */
export const SYNCHRONOUS_LIMIT_MS = 5_000;
