import * as z from 'zod';

/** CopyObject takes at most 5 GiB: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export const COPY_OBJECT_BYTES = 5 * 1024 ** 3;
/** A part is at most 5 GiB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const PART_LIMIT_BYTES = 5 * 1024 ** 3;
const USUAL_PART_BYTES = 256 * 1024 ** 2;

/** Environment of the work function. The sizes can be set, so a test can copy small objects in parts. */
export const transferEnvironment = z.object({
  SOURCE_BUCKET: z.string().min(3),
  DESTINATION_BUCKET: z.string().min(3),
  /** Larger objects are copied in parts. */
  SINGLE_COPY_LIMIT_BYTES: z.coerce.number().int().min(0).max(COPY_OBJECT_BYTES).default(COPY_OBJECT_BYTES),
  /** Increased if an object would need more parts than S3 allows. */
  PART_BYTES: z.coerce.number().int().min(1).max(PART_LIMIT_BYTES).default(USUAL_PART_BYTES),
  /** How many parts are copied at the same time. */
  PARALLEL_PARTS: z.coerce.number().int().min(1).max(64).default(8),
  /**
   * If less time than this is left, a run leaves the missing parts to the next run. It must be longer than the time to copy one part and to
   * clean up.
   */
  STOP_BEFORE_SECONDS: z.coerce.number().min(1).default(20),
});
export type TransferEnvironment = z.infer<typeof transferEnvironment>;
