import type { Authorizer } from '../iam/authorizer.ts';
import type { IdSource } from '../gateway/ids.ts';
import { AwsError, type Caller } from '../gateway/service.ts';
import type { LocalClock } from '../clock/local-clock.ts';
import type { Queues } from '../events/queues.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { AbandonedInvocation } from './async-invocation.ts';

/** A record that could not be sent to its queue. */
export interface UndeliveredRecord {
  readonly functionArn: string;
  readonly queueArn: string;
  readonly errorMessage: string;
}

export interface DestinationParts {
  readonly clock: LocalClock;
  readonly ids: IdSource;
  readonly queues: Queues;
  readonly authorizer: Authorizer;
  /** Assumes the function's role for Lambda. Throws `AwsError` when its trust policy does not allow it. */
  readonly callerOf: (roleArn: string) => Caller;
}

/**
 * Sends abandoned invocations to the function's on-failure queue, with the function's role:
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
export class FailureDestinations {
  readonly lost: UndeliveredRecord[] = [];
  readonly #parts: DestinationParts;

  constructor(parts: DestinationParts) {
    this.#parts = parts;
  }

  send(abandoned: AbandonedInvocation): void {
    const { clock, ids, queues } = this.#parts;
    const queueArn = abandoned.target.asyncConfig.onFailureArn;
    if (queueArn === undefined) return;
    const queue = queues.get(queueArn);
    const errorMessage =
      queue === undefined ? 'The queue does not exist.' : this.#refusalOf(abandoned, queueArn);
    if (queue === undefined || errorMessage !== undefined) {
      const functionArn = abandoned.target.invokedArn;
      this.lost.push({ functionArn, queueArn, errorMessage: errorMessage ?? '' });
      return;
    }
    const body = JSON.stringify(recordOf(abandoned, clock.nowMs()));
    queues.send(queue, { messageId: ids.uuid(), body, attributes: {}, atMs: clock.nowMs() });
  }

  /** Why the function's role must not send the record; undefined when it may. */
  #refusalOf({ target }: AbandonedInvocation, queueArn: string): string | undefined {
    const { authorizer, callerOf, clock, queues } = this.#parts;
    const policy = queues.get(queueArn)?.policy;
    const check = {
      action: 'sqs:SendMessage',
      resource: queueArn,
      ...omitUndefined({ resourcePolicy: policy }),
    };
    try {
      authorizer.authorize(callerOf(target.fn.spec.roleArn), check, { atMs: clock.nowMs(), service: 'sqs' });
      return undefined;
    } catch (error) {
      if (error instanceof AwsError) return error.message;
      throw error;
    }
  }
}

/** The format of the record: same page. */
const recordOf = (
  { target, eventText, requestId, condition, invokeCount, last }: AbandonedInvocation,
  atMs: number,
) => ({
  version: '1.0',
  timestamp: new Date(atMs).toISOString(),
  requestContext: {
    requestId,
    functionArn: `${target.fn.spec.arn}:${target.fn.version}`,
    condition,
    approximateInvokeCount: invokeCount,
  },
  requestPayload: JSON.parse(eventText) as unknown,
  ...(last !== undefined && {
    responseContext: { statusCode: 200, executedVersion: last.version, functionError: 'Unhandled' },
    responsePayload: JSON.parse(last.payload) as unknown,
  }),
});
