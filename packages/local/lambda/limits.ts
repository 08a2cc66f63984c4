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

/** The size of `/tmp`, MiB, unless a function configures it: https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html */
export const TEMPORARY_MB = 512;

/**
 * How many environments of tenants, active or idle, a function may have for each 1,000 of its concurrency:
 * https://docs.aws.amazon.com/lambda/latest/dg/tenant-isolation-troubleshooting.html
 */
export const TENANT_ENVIRONMENTS_PER_1000 = 2_500;

/** The concurrency of an account in one region: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const ACCOUNT_CONCURRENCY = 1_000;

/** How long an idle environment of a tenant counts. Lambda's own time is not documented. */
export const TENANT_IDLE_MS = 600_000;

/**
 * The limit for loading the code, and for a handler up to its first await, in real milliseconds. Virtual time
 * does not pass meanwhile, so the function's timeout cannot end a busy loop.
 */
export const SYNCHRONOUS_LIMIT_MS = 5_000;
