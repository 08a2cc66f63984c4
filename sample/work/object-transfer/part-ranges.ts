/** An upload has at most 10,000 parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const MAX_PARTS = 10_000;

/** Part numbers start at 1. `first` and `last` are byte offsets, both inclusive. */
export interface PartRange {
  readonly number: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Splits an object into parts of `wantedBytes`, or larger parts if there would be more of them than S3
 * allows.
 */
export function partRanges(objectBytes: number, wantedBytes: number): PartRange[] {
  const partBytes = Math.max(wantedBytes, Math.ceil(objectBytes / MAX_PARTS));
  return Array.from({ length: Math.ceil(objectBytes / partBytes) }, (_, index) => ({
    number: index + 1,
    first: index * partBytes,
    last: Math.min((index + 1) * partBytes, objectBytes) - 1,
  }));
}
