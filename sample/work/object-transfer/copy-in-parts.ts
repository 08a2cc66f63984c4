import type { CompletedPart } from '@aws-sdk/client-s3';
import type { Checksums } from './checksum.ts';
import type { TransferCheckpoint } from './checkpoint.ts';
import { partRanges, type PartRange } from './part-ranges.ts';
import {
  abortAfter,
  beginUpload,
  findCompletedCopy,
  completeUpload,
  copyPart,
  findCopiedParts,
  type MultipartCopy,
} from './upload.ts';

/** The settings of one run of a copy in parts. */
export interface PartsRun {
  readonly partBytes: number;
  /**
   * How many parts are copied at the same time. S3 itself copies them, so more parts cost this function only
   * sockets.
   */
  readonly parallel: number;
  readonly signal: AbortSignal;
  /** Whether a run that has copied at least one part should leave the other parts to the next run. */
  readonly isTimeUp: () => boolean;
  /** The upload that an earlier run started. */
  readonly uploadId: string | undefined;
}

export type PartsCopy = { readonly copy: Checksums } | { readonly unfinished: TransferCheckpoint };

/**
 * Copies in parts, in this order: it starts an upload, or reads the state of the upload that an earlier run
 * started; S3 copies the missing parts; the upload is completed, and S3 verifies the source's checksum over
 * the whole object. A run whose time is up leaves the upload to the next run. After any failure the upload is
 * aborted, so nothing of it remains. If that fails, the bucket's lifecycle rule removes it.
 */
export async function copyInParts(of: Omit<MultipartCopy, 'id'>, run: PartsRun): Promise<PartsCopy> {
  const upload: MultipartCopy = { ...of, id: run.uploadId ?? (await beginUpload(of, run.signal)) };
  try {
    return await continueCopy(upload, run);
  } catch (error) {
    throw await abortAfter(upload, error);
  }
}

async function continueCopy(upload: MultipartCopy, run: PartsRun): Promise<PartsCopy> {
  const { source, id } = upload;
  const ranges = partRanges(source.bytes, run.partBytes);
  const existing =
    run.uploadId === undefined
      ? new Map<number, CompletedPart>()
      : await findCopiedParts(upload, ranges, run.signal);
  if (existing === undefined) return { copy: await findCompletedCopy(upload, run.signal) };
  const unfinished = { uploadId: id, etag: source.etag, bytes: source.bytes };
  const parts = await copyMissing(upload, ranges, existing, run);
  if (parts === undefined) return { unfinished };
  try {
    return { copy: await completeUpload(upload, parts, ranges, run.signal) };
  } catch (error) {
    // The next run checks the result: S3 may need minutes to combine the parts.
    if (run.signal.aborted) return { unfinished };
    throw error;
  }
}

/**
 * Copies the missing parts in parallel lanes. Undefined if the time was up before the last part. A run starts
 * at least one part, so each run makes progress or fails. The first failure stops all lanes, and all lanes
 * have stopped when this function returns or throws.
 */
async function copyMissing(
  upload: MultipartCopy,
  ranges: readonly PartRange[],
  existing: ReadonlyMap<number, CompletedPart>,
  { parallel, signal, isTimeUp }: PartsRun,
): Promise<CompletedPart[] | undefined> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const missing = ranges.filter(({ number }) => !existing.has(number));
  const waiting = missing.values();
  const copied: CompletedPart[] = [];
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (begun === 0 || !isTimeUp()) {
      begun += 1;
      const { value: range, done } = waiting.next();
      if (done) return;
      copied.push(await copyPart(upload, range, stop));
    }
  };
  const lanes = Array.from({ length: parallel }, () => lane().catch((error: unknown) => failed.abort(error)));
  await Promise.all(lanes);
  if (copied.length > 0 && signal.aborted) return undefined;
  failed.signal.throwIfAborted();
  if (copied.length < missing.length || (copied.length > 0 && isTimeUp())) return undefined;
  return [...existing.values(), ...copied].sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}
