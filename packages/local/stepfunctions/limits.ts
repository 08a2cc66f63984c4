/** Quotas of Standard workflows that a task can reach. */

/**
 * Maximum input or output size of a task, state or execution, in UTF-8 bytes:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAX_PAYLOAD_BYTES = 262_144;

/**
 * Events in an execution history, including the event that ends it:
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
export const MAX_HISTORY_EVENTS = 25_000;

/**
 * The total size of the variables of one Assign, in bytes:
 * https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html
 */
export const MAX_ASSIGN_BYTES = 262_144;

/**
 * The longest wait or timeout, in seconds:
 * https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html and state-task.html
 */
export const MAX_SECONDS = 99_999_999;

/**
 * The longest wait for a Timestamp, in seconds: 2^31 - 1. No page states it; executions recorded on AWS wait 24,855 days and fail with
 * 24,856.
 */
export const MAX_WAIT_SECONDS = 2_147_483_647;

/**
 * The longest cause:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskFailedEventDetails.html
 */
export const MAX_CAUSE_CHARACTERS = 32_768;

/**
 * A name can be reused this long after its execution ended:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export const NAME_REUSE_MS = 90 * 24 * 60 * 60 * 1000;

/**
 * An execution can be redriven this long after its end:
 * https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html
 */
export const REDRIVABLE_MS = 14 * 24 * 60 * 60 * 1000;

/**
 * ExecutionRedriven and one more event must fit:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
 */
export const MAX_EVENTS_TO_REDRIVE = 24_999;

/**
 * How many client tokens are remembered, and how long:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html
 */
export const REDRIVE_TOKENS = { count: 10, lifeMs: 15 * 60 * 1000 } as const;

/**
 * Defaults of a retrier:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error
 */
export const RETRY_DEFAULTS = { intervalSeconds: 1, maxAttempts: 3, backoffRate: 2 } as const;

/** The size of a JSON value, as Step Functions counts it. */
export function payloadBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '', 'utf8');
}
