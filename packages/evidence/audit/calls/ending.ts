import type { LeaseFacts, TaskFacts } from '../task-facts.ts';
import type { TrailEvent } from '../trail/trail-event.ts';

/**
 * From when on nothing of a lease may be answered, seconds: its deadline or the proof, whichever is first. The trail's times are whole
 * seconds, rounded down: a call of the very second of the end may have been before it, and counts as before.
 */
export const endSecondOf = (lease: LeaseFacts, { provenSecond = Infinity }: TaskFacts): number =>
  Math.min(lease.deadlineSecond, provenSecond);

/**
 * Calls that carry an object, and take as long as it does. A record's time is that of the answer, not of the moment at which IAM let the
 * call in. https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
const LONG = new Set([
  'GetObject',
  'PutObject',
  'CopyObject',
  'UploadPart',
  'UploadPartCopy',
  'CompleteMultipartUpload',
]);

/** A function runs a quarter of an hour at most, and so do its calls: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LONG_SECONDS = 900;

/** Whether an answered call after `endSecond` may have been let in before it. */
export const mayHaveBegunBefore = ({ source, name, second }: TrailEvent, endSecond: number): boolean =>
  source === 's3.amazonaws.com' && LONG.has(name) && second <= endSecond + LONG_SECONDS;
