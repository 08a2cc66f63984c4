import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  UploadPartCopyCommand,
  type CompletedPart,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Checksums, PartsCheck } from './checksum.ts';
import { copySource } from './copy-source.ts';
import { partRanges, type PartRange } from './part-ranges.ts';
import type { ObjectName, Source } from './source.ts';

/** Parts under way at once: S3 copies them itself, so more of them cost this function nothing but sockets. */
const PARALLEL_PARTS = 8;

interface Upload {
  readonly s3: S3Client;
  readonly source: Source;
  readonly to: ObjectName;
  readonly check: PartsCheck;
  readonly id: string;
}

/**
 * Copies in parts, in order: the upload is begun with the source's metadata; S3 copies the parts; the upload is completed, for which S3
 * must find the source's checksum over the whole. On any failure the upload is aborted, so that nothing of it stays.
 */
export async function copyInParts(
  s3: S3Client,
  source: Source,
  to: ObjectName,
  check: PartsCheck,
  partBytes: number,
  signal: AbortSignal,
): Promise<Checksums> {
  const upload: Upload = { s3, source, to, check, id: await begin(s3, source, to, check, signal) };
  try {
    const parts = await copyParts(upload, partRanges(source.bytes, partBytes), signal);
    return await complete(upload, parts, signal);
  } catch (error) {
    throw await aborted(upload, error);
  }
}

async function begin(
  s3: S3Client,
  { head }: Source,
  to: ObjectName,
  check: PartsCheck,
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
    throw new Error(`S3 began an upload to ${to.key} without naming it. Try again.`);
  return UploadId;
}

/** Runs the parts through a few lanes; the first failure stops all lanes, and all have stopped when this returns or throws. */
async function copyParts(
  upload: Upload,
  ranges: readonly PartRange[],
  signal: AbortSignal,
): Promise<CompletedPart[]> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const waiting = ranges.values();
  const parts: CompletedPart[] = [];
  const lane = async (): Promise<void> => {
    for (const range of waiting) parts.push(await copyPart(upload, range, stop));
  };
  const lanes = Array.from({ length: PARALLEL_PARTS }, () =>
    lane().catch((error: unknown) => failed.abort(error)),
  );
  await Promise.all(lanes);
  failed.signal.throwIfAborted();
  return parts.sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}

async function copyPart(
  { s3, source, to, check, id }: Upload,
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
  const field = `Checksum${check.algorithm}` as const;
  return { PartNumber: range.number, ETag: CopyPartResult?.ETag, [field]: CopyPartResult?.[field] };
}

/** S3 compares the whole with the source's checksum before the object exists, and fails with BadDigest when they differ. */
async function complete(
  { s3, to, check, id }: Upload,
  parts: CompletedPart[],
  abortSignal: AbortSignal,
): Promise<Checksums> {
  return s3.send(
    new CompleteMultipartUploadCommand({
      Bucket: to.bucket,
      Key: to.key,
      UploadId: id,
      MultipartUpload: { Parts: parts },
      ChecksumType: 'FULL_OBJECT',
      [`Checksum${check.algorithm}`]: check.value,
    }),
    { abortSignal },
  );
}

/** Not under the task's signal: that it fired may be why this is called. */
async function aborted({ s3, to, id }: Upload, error: unknown): Promise<unknown> {
  try {
    await s3.send(new AbortMultipartUploadCommand({ Bucket: to.bucket, Key: to.key, UploadId: id }));
    return error;
  } catch (abortError) {
    const said =
      abortError instanceof Error ? `${abortError.name}: ${abortError.message}` : String(abortError);
    const both = new Error(
      `${error instanceof Error ? error.message : String(error)} The upload ${id} to ${to.bucket} could not be aborted either (${said}); a lifecycle rule must remove it.`,
      { cause: error },
    );
    if (error instanceof Error) both.name = error.name;
    return both;
  }
}
