import * as z from 'zod';

/** CopyObject takes at most 5 GiB: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const COPY_OBJECT_BYTES = 5 * 1024 ** 3;
/** A part is at most 5 GiB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const PART_LIMIT_BYTES = 5 * 1024 ** 3;
const USUAL_PART_BYTES = 256 * 1024 ** 2;

/** Environment of the work function. Sizes are settable so that a test can copy in parts what is small. */
export const transferEnvironment = z.object({
  SOURCE_BUCKET: z.string().min(3),
  DESTINATION_BUCKET: z.string().min(3),
  /** Larger objects are copied in parts. */
  SINGLE_COPY_LIMIT_BYTES: z.coerce.number().int().min(0).max(COPY_OBJECT_BYTES).default(COPY_OBJECT_BYTES),
  /** Raised where an object would need more parts than S3 takes. */
  PART_BYTES: z.coerce.number().int().min(1).max(PART_LIMIT_BYTES).default(USUAL_PART_BYTES),
  /** Parts under way at once. */
  PARALLEL_PARTS: z.coerce.number().int().min(1).max(64).default(8),
  /** A run with less time than this left begins no further part; the next run does. Longer than a part takes, tidying up included. */
  STOP_BEFORE_SECONDS: z.coerce.number().min(1).default(20),
});
export type TransferEnvironment = z.infer<typeof transferEnvironment>;
