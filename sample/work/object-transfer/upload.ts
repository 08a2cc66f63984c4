import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  HeadObjectCommand,
  ListPartsCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type Part,
  type S3Client,
} from '@aws-sdk/client-s3';
import { describeError, errorMessage } from 'taskbound-evidence/describe-error';
import { assertSameChecksum, type Checksums, type PartsCheck } from './checksum.ts';
import { copySource } from './copy-source.ts';
import { UploadGone } from './errors.ts';
import type { PartRange } from './part-ranges.ts';
import { objectText, type ObjectName, type Source } from './source.ts';

/** An upload in progress, and the check for the whole object. */
export interface MultipartCopy {
  readonly s3: S3Client;
  readonly source: Source;
  readonly to: ObjectName;
  readonly check: PartsCheck;
  readonly id: string;
}

const hasName = (error: unknown, name: string): boolean => error instanceof Error && error.name === name;

/** Starts an upload with the source's metadata. */
export async function beginUpload(
  { s3, source: { head }, to, check }: Omit<MultipartCopy, 'id'>,
  abortSignal: AbortSignal,
): Promise<string> {
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      Bucket: to.bucket,
      Key: to.key,
      ChecksumAlgorithm: check.algorithm,
      ChecksumType: 'FULL_OBJECT',
      CacheControl: head.CacheControl,
      ContentDisposition: head.ContentDisposition,
      ContentEncoding: head.ContentEncoding,
      ContentLanguage: head.ContentLanguage,
      ContentType: head.ContentType,
      Metadata: head.Metadata,
    }),
    { abortSignal },
  );
  if (UploadId === undefined)
    throw new Error(`S3 started an upload to ${to.key} but returned no upload id. Try again.`);
  return UploadId;
}

const completedPart = (
  { algorithm }: PartsCheck,
  number: number,
  part: Pick<Part, 'ETag' | `Checksum${PartsCheck['algorithm']}`> | undefined,
): CompletedPart => ({
  PartNumber: number,
  ETag: part?.ETag,
  [`Checksum${algorithm}`]: part?.[`Checksum${algorithm}`],
});

/** S3 copies one part of exactly the object whose checksum was read. */
export async function copyPart(
  { s3, source, to, check, id }: MultipartCopy,
  range: PartRange,
  abortSignal: AbortSignal,
): Promise<CompletedPart> {
  abortSignal.throwIfAborted();
  const { CopyPartResult } = await s3.send(
    new UploadPartCopyCommand({
      Bucket: to.bucket,
      Key: to.key,
      UploadId: id,
      PartNumber: range.number,
      CopySource: copySource(source.bucket, source.key),
      CopySourceRange: `bytes=${range.first}-${range.last}`,
      CopySourceIfMatch: source.etag,
    }),
    { abortSignal },
  );
  return completedPart(check, range.number, CopyPartResult);
}

/**
 * Reads all pages. The SDK's paginator is not used: it continues while there is a marker, and S3 returns one
 * with the last page too. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html
 */
async function* listedParts(
  { s3, to, id }: Pick<MultipartCopy, 's3' | 'to' | 'id'>,
  abortSignal: AbortSignal,
): AsyncGenerator<Part> {
  let marker: string | undefined;
  for (;;) {
    const page = await s3.send(
      new ListPartsCommand({ Bucket: to.bucket, Key: to.key, UploadId: id, PartNumberMarker: marker }),
      { abortSignal },
    );
    yield* page.Parts ?? [];
    if (page.IsTruncated !== true || page.NextPartNumberMarker === undefined) return;
    marker = page.NextPartNumberMarker;
  }
}

/** The parts that were copied completely, by number. Undefined if the upload no longer exists, because it was completed or aborted. */
export async function findCopiedParts(
  { s3, to, check, id }: MultipartCopy,
  ranges: readonly PartRange[],
  abortSignal: AbortSignal,
): Promise<Map<number, CompletedPart> | undefined> {
  const copied = new Map<number, CompletedPart>();
  try {
    for await (const part of listedParts({ s3, to, id }, abortSignal)) {
      const range = ranges[(part.PartNumber ?? 0) - 1];
      if (range && part.Size === range.last - range.first + 1)
        copied.set(range.number, completedPart(check, range.number, part));
    }
    return copied;
  } catch (error) {
    if (hasName(error, 'NoSuchUpload')) return undefined;
    throw error;
  }
}

/**
 * Completes the upload. Before the object exists, S3 compares its checksum with that of the source, and fails with BadDigest if they
 * differ. A lost answer is not a failure: if the upload no longer exists, the object at the destination shows whether it was completed.
 */
export async function completeUpload(
  upload: MultipartCopy,
  parts: readonly CompletedPart[],
  ranges: readonly PartRange[],
  abortSignal: AbortSignal,
): Promise<Checksums> {
  const { s3, to, check, id } = upload;
  try {
    return await s3.send(
      new CompleteMultipartUploadCommand({
        Bucket: to.bucket,
        Key: to.key,
        UploadId: id,
        MultipartUpload: { Parts: [...parts] },
        ChecksumType: 'FULL_OBJECT',
        [`Checksum${check.algorithm}`]: check.value,
      }),
      { abortSignal },
    );
  } catch (error) {
    const isGone =
      hasName(error, 'NoSuchUpload') ||
      (!isRefusal(error) && (await findCopiedParts(upload, ranges, abortSignal)) === undefined);
    if (!isGone) throw error;
    return findCompletedCopy(upload, abortSignal);
  }
}

/** Whether S3 refused the call and did nothing. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !('$metadata' in error)) return false;
  const { httpStatusCode = 500 } = error.$metadata as { httpStatusCode?: number };
  return httpStatusCode < 500;
}

/**
 * The object of a completed upload. S3's answer to the completion was lost. Throws `UploadGone` if the destination contains another object.
 */
export async function findCompletedCopy(
  { s3, source, to, check, id }: MultipartCopy,
  abortSignal: AbortSignal,
): Promise<Checksums> {
  try {
    const copy = await s3.send(
      new HeadObjectCommand({ Bucket: to.bucket, Key: to.key, ChecksumMode: 'ENABLED' }),
      { abortSignal },
    );
    assertSameChecksum(check, copy, objectText(source));
    return copy;
  } catch (error) {
    abortSignal.throwIfAborted();
    const answer = describeError(error);
    throw new UploadGone(
      `The upload ${id} to ${to.bucket} no longer exists, and ${objectText(to)} is not the copy (${answer}): the upload was aborted, or removed by a lifecycle rule that is shorter than the task. No receipt was written. Check the bucket's rules and submit again.`,
      { cause: error },
    );
  }
}

/**
 * Aborts the upload after an error, and returns the error to throw. Does not use the task's signal, which may
 * be the reason for the error.
 */
export async function abortAfter(
  { s3, to, id }: Pick<MultipartCopy, 's3' | 'to' | 'id'>,
  error: unknown,
): Promise<unknown> {
  try {
    await s3.send(new AbortMultipartUploadCommand({ Bucket: to.bucket, Key: to.key, UploadId: id }));
    return error;
  } catch (abortError) {
    if (hasName(abortError, 'NoSuchUpload')) return error;
    const answer = describeError(abortError);
    const both = new Error(
      `${errorMessage(error)} The upload ${id} to ${to.bucket} could not be aborted either (${answer}); the bucket's lifecycle rule removes it.`,
      { cause: error },
    );
    if (error instanceof Error) both.name = error.name;
    return both;
  }
}
