import type { CompletedPart } from '@aws-sdk/client-s3';
import type { Checksums } from './checksum.ts';
import type { TransferCheckpoint } from './checkpoint.ts';
import { partRanges, type PartRange } from './part-ranges.ts';
import {
  aborted,
  beginUpload,
  completedBefore,
  completeUpload,
  copyPart,
  partsThere,
  type CopyUpload,
} from './upload.ts';

/** One run's share of a copy in parts. */
export interface PartsRun {
  readonly partBytes: number;
  /** Parts under way at once: S3 copies them itself, so more of them cost this function nothing but sockets. */
  readonly parallel: number;
  readonly signal: AbortSignal;
  /** Whether a run that has done something should leave the rest to the next. */
  readonly isTimeUp: () => boolean;
  /** The upload that an earlier run began. */
  readonly uploadId: string | undefined;
}

export type PartsCopy = { readonly copy: Checksums } | { readonly unfinished: TransferCheckpoint };

/**
 * Copies in parts, in order: the upload is begun, or the one that an earlier run began is looked at; S3 copies the parts that are missing;
 * the upload is completed, for which S3 must find the source's checksum over the whole. A run whose time is up leaves the upload for the
 * next. On any failure the upload is aborted, so that nothing of it stays; where that cannot be done, the bucket's lifecycle rule does.
 */
export async function copyInParts(of: Omit<CopyUpload, 'id'>, run: PartsRun): Promise<PartsCopy> {
  const upload: CopyUpload = { ...of, id: run.uploadId ?? (await beginUpload(of, run.signal)) };
  try {
    return await copyOn(upload, run);
  } catch (error) {
    throw await aborted(upload, error);
  }
}

async function copyOn(upload: CopyUpload, run: PartsRun): Promise<PartsCopy> {
  const { source, id } = upload;
  const ranges = partRanges(source.bytes, run.partBytes);
  const there =
    run.uploadId === undefined
      ? new Map<number, CompletedPart>()
      : await partsThere(upload, ranges, run.signal);
  if (there === undefined) return { copy: await completedBefore(upload, run.signal) };
  const unfinished = { uploadId: id, etag: source.etag, bytes: source.bytes };
  const parts = await copyMissing(upload, ranges, there, run);
  if (parts === undefined) return { unfinished };
  try {
    return { copy: await completeUpload(upload, parts, ranges, run.signal) };
  } catch (error) {
    // What became of it the next run sees: S3 may be putting the parts together for minutes.
    if (run.signal.aborted) return { unfinished };
    throw error;
  }
}

/**
 * Runs the missing parts through a few lanes; undefined when the time was up before the last. A run begins one part at least, so that each
 * gets on or fails. The first failure stops all lanes, and all have stopped when this returns or throws.
 */
async function copyMissing(
  upload: CopyUpload,
  ranges: readonly PartRange[],
  there: ReadonlyMap<number, CompletedPart>,
  { parallel, signal, isTimeUp }: PartsRun,
): Promise<CompletedPart[] | undefined> {
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  const missing = ranges.filter(({ number }) => !there.has(number));
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
  return [...there.values(), ...copied].sort((a, b) => (a.PartNumber ?? 0) - (b.PartNumber ?? 0));
}
