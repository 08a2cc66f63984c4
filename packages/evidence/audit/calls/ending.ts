import type { LeaseFacts, TaskFacts } from '../task-facts.ts';
import type { TrailEvent } from '../trail/trail-event.ts';

/**
 * The end of a lease's access, in seconds: its deadline or the proof, whichever is first. No call after it
 * may be answered. The trail's times are whole seconds, rounded down: a call in the same second as the end
 * may have been made before it, and counts as before.
 */
export const endSecondOf = (lease: LeaseFacts, { provenSecond = Infinity }: TaskFacts): number =>
  Math.min(lease.deadlineSecond, provenSecond);

/**
 * Calls that transfer an object, and last as long as the transfer. A record has the time of the answer, not
 * the time at which IAM authorized the call.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const TRANSFERS = new Set([
  'GetObject',
  'PutObject',
  'CopyObject',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
]);

/**
 * A Lambda function runs for at most 15 minutes, and so do its calls:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const TRANSFER_SECONDS = 900;

/** Whether an answered call after `endSecond` may have been authorized before it. */
export const mayHaveBegunBefore = ({ source, name, second }: TrailEvent, endSecond: number): boolean =>
  source === 's3.amazonaws.com' && TRANSFERS.has(name) && second <= endSecond + TRANSFER_SECONDS;
