/** Quotas of Standard workflows that a task can run into. */

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: maximum input or output size for a task, state, or execution, UTF-8 bytes. */
export const MAX_PAYLOAD_BYTES = 262_144;

/** https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: events in one execution history; the event that ends it is the last of them. */
export const MAX_HISTORY_EVENTS = 25_000;

/** https://docs.aws.amazon.com/step-functions/latest/dg/workflow-variables.html: the variables of one Assign together, bytes. */
export const MAX_ASSIGN_BYTES = 262_144;

/** https://docs.aws.amazon.com/step-functions/latest/dg/state-wait.html and state-task.html: the longest wait or timeout, seconds. */
export const MAX_SECONDS = 99_999_999;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskFailedEventDetails.html: the longest cause. */
export const MAX_CAUSE_CHARACTERS = 32_768;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html: a name can be used again this long after its execution closed. */
export const NAME_REUSE_MS = 90 * 24 * 60 * 60 * 1000;

/** https://docs.aws.amazon.com/step-functions/latest/dg/redrive-executions.html: an execution can be redriven this long after its end. */
export const REDRIVABLE_MS = 14 * 24 * 60 * 60 * 1000;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html: ExecutionRedriven and one more event must fit. */
export const MAX_EVENTS_TO_REDRIVE = 24_999;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_RedriveExecution.html: how many client tokens are remembered, and how long. */
export const REDRIVE_TOKENS = { count: 10, lifeMs: 15 * 60 * 1000 } as const;

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html#error-handling-retrying-after-an-error: defaults of a retrier. */
export const RETRY_DEFAULTS = { intervalSeconds: 1, maxAttempts: 3, backoffRate: 2 } as const;

/** Size of a JSON value as Step Functions counts it. */
export function payloadBytes(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '', 'utf8');
}
