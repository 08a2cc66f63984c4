/** Largest request and response of a synchronous invocation: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const MAX_REQUEST_BYTES = 6 * 1024 * 1024;

/** Lambda's own message names this figure, 100 bytes above six MiB: https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html */
export const MAX_RESPONSE_BYTES = 6_291_556;

/**
 * Real milliseconds that loading, or the part of a handler before its first await, may take. Virtual time stands still meanwhile,
 * so the function's own timeout could never end a busy loop.
 */
export const SYNCHRONOUS_LIMIT_MS = 5_000;
