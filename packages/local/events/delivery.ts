import { AnswerLost } from '../gateway/intercept.ts';
import type { Authorizer } from '../iam/authorizer.ts';
import type { IdSource } from '../gateway/ids.ts';
import { type Caller, type RawRequest, type RawResponse, AwsError } from '../gateway/service.ts';
import type { LocalClock } from '../clock/local-clock.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Queues } from './queues.ts';
import { type RetryPolicy, retryDelayMs } from './retry.ts';

/** The delivery of one event or scheduled invocation to one function. */
export interface Delivery {
  readonly functionArn: string;
  /** JSON text. */
  readonly payload: string;
  readonly retry: RetryPolicy;
  /** The caller, determined again for each attempt. Throws `AwsError` when the role cannot be assumed. */
  readonly caller: () => Caller;
  readonly deadLetterArn?: string;
  /** The body of the dead letter, and attributes besides those about the failure. */
  readonly letter: { readonly body: string; readonly attributes: Readonly<Record<string, string>> };
}

/** A delivery that failed and is not retried any more. */
export interface FailedDelivery {
  readonly functionArn: string;
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly retries: number;
  readonly atMs: number;
  /** Whether it was sent to the dead-letter queue; `false` also when the queue's policy refused it. */
  readonly inQueue: boolean;
  /** Why the dead letter was refused. */
  readonly letterError?: string;
}

export interface DelivererParts {
  readonly clock: LocalClock;
  readonly ids: IdSource;
  readonly queues: Queues;
  readonly authorizer: Authorizer;
  /** The gateway's `handleAs`. */
  readonly handleAs: (service: string, caller: Caller, request: RawRequest) => Promise<RawResponse>;
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}

/**
 * Invokes functions for EventBridge and the Scheduler. Both invoke asynchronously, so Lambda retries the
 * function's own errors. A refused invocation goes to the dead-letter queue at once; a throttled, failed or
 * unanswered one when its retries are used up.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-retry-policy.html
 */
export class Deliverer {
  readonly failures: FailedDelivery[] = [];
  readonly #parts: DelivererParts;

  constructor(parts: DelivererParts) {
    this.#parts = parts;
  }

  async deliver(delivery: Delivery): Promise<void> {
    const { clock } = this.#parts;
    const startMs = clock.nowMs();
    for (let retries = 0; ; retries++) {
      const failure = await this.#attempt(delivery);
      if (failure === undefined) return;
      const ageMs = clock.nowMs() - startMs;
      const next = failure.retryable ? retryDelayMs(delivery.retry, retries, ageMs) : undefined;
      if (typeof next !== 'number') return this.#giveUp(delivery, failure, retries, next);
      await clock.sleep(next);
    }
  }

  /** Fails a delivery without trying it. */
  refuse(delivery: Delivery, code: string, message: string): void {
    this.#giveUp(delivery, { code, message, retryable: false }, 0, undefined);
  }

  async #attempt({ functionArn, payload, caller }: Delivery): Promise<Failure | undefined> {
    const request = {
      method: 'POST',
      path: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
      headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'Event' },
      body: Buffer.from(payload),
    };
    try {
      return failureOf(await this.#parts.handleAs('lambda', caller(), request));
    } catch (error) {
      if (error instanceof AnswerLost)
        return { code: 'SDK_CLIENT_ERROR', message: error.message, retryable: true };
      if (error instanceof AwsError)
        return { code: codeOf(error.name), message: error.message, retryable: false };
      throw error;
    }
  }

  #giveUp(delivery: Delivery, failure: Failure, retries: number, exhausted: string | undefined): void {
    const { clock, ids, queues } = this.#parts;
    const { functionArn, deadLetterArn, letter } = delivery;
    const atMs = clock.nowMs();
    const queue = deadLetterArn === undefined ? undefined : queues.get(deadLetterArn);
    const letterError = queue && this.#refusalOf(delivery, queue.arn);
    const inQueue = queue !== undefined && letterError === undefined;
    if (inQueue) {
      const attributes = {
        ...letter.attributes,
        ERROR_CODE: failure.code,
        ERROR_MESSAGE: failure.message,
        RETRY_ATTEMPTS: String(retries),
        TARGET_ARN: functionArn,
        ...omitUndefined({ EXHAUSTED_RETRY_CONDITION: exhausted }),
      };
      queues.send(queue, { messageId: ids.uuid(), body: letter.body, attributes, atMs });
    }
    const { code: errorCode, message: errorMessage } = failure;
    this.failures.push({
      ...{ functionArn, errorCode, errorMessage, retries, atMs, inQueue },
      ...omitUndefined({ letterError }),
    });
  }

  /** Why the dead letter must not be sent; undefined when it may be. */
  #refusalOf({ caller }: Delivery, queueArn: string): string | undefined {
    const { authorizer, clock, queues } = this.#parts;
    const policy = queues.get(queueArn)?.policy;
    const check = {
      action: 'sqs:SendMessage',
      resource: queueArn,
      ...omitUndefined({ resourcePolicy: policy }),
    };
    try {
      authorizer.authorize(caller(), check, { atMs: clock.nowMs(), service: 'sqs' });
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
  }
}

/** The error code of a dead letter: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html */
function codeOf(name: string): string {
  if (name.startsWith('AccessDenied')) return 'NO_PERMISSIONS';
  if (name === 'ResourceNotFoundException') return 'NO_RESOURCE';
  if (name === 'TooManyRequestsException') return 'THROTTLING';
  return name;
}

function failureOf({ status, headers, body }: RawResponse): Failure | undefined {
  if (status < 300) return undefined;
  const name = headers['x-amzn-errortype'] ?? 'ServiceException';
  const { message = name }: { readonly message?: string } = JSON.parse(Buffer.from(body).toString('utf8'));
  return { code: codeOf(name), message, retryable: status >= 500 || status === 429 };
}
