/**
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html and
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
export interface S3Limits {
  /** UTF-8 bytes of a key. */
  readonly keyBytes: number;
  /** Largest source of CopyObject, and largest PutObject, in bytes. */
  readonly copyBytes: number;
  /** Smallest part, except the last, in bytes. */
  readonly partBytes: number;
  /** Highest part number. */
  readonly parts: number;
}

export const S3_LIMITS: S3Limits = {
  keyBytes: 1024,
  copyBytes: 5 * 1024 ** 3,
  partBytes: 5 * 1024 ** 2,
  parts: 10_000,
};
