import { S3Client } from '@aws-sdk/client-s3';
import { S3_KEY_BYTES } from '../../../core/task-types/parameters.ts';
import type { More, Task } from '../../../lambdas/runtime/index.ts';
import { checkpointIn, assertSameSource, type TransferCheckpoint } from './checkpoint.ts';
import {
  assertSameChecksum,
  partsCheck,
  wholeCopyCheck,
  type Check,
  type Checksums,
  type PartsCheck,
} from './checksum.ts';
import { copyInParts } from './copy-in-parts.ts';
import { copyWhole } from './copy-whole.ts';
import type { TransferEnvironment } from './environment.ts';
import { SourceChanged, TransferRefused } from './errors.ts';
import type { transferParameters } from './parameters.ts';
import { receiptKeyOf, signedReceipt, writeReceipt } from './receipt.ts';
import { readSource, objectText, type ObjectName, type Source } from './source.ts';
import { abortAfter } from './upload.ts';

type TransferTask = Task<typeof transferParameters>;

export type TransferResult = {
  readonly bytes: number;
  readonly checksum: { readonly algorithm: string; readonly value: string };
  readonly check: Check['by'];
  readonly receipt: { readonly key: string; readonly sha256: string };
};

/**
 * Copies one object within S3, checks the copy, and writes a signed receipt next to it.
 *
 * Effects, in order:
 *  1. nothing, until the source's checksum is read and the receipt's key is fetched;
 *  2. the copy, of exactly the object whose checksum was read (`If-Match` on its ETag);
 *  3. the receipt, only after S3's checksum of the copy is found equal to the source's.
 *
 * An object that is too large for one run is copied in parts: a run whose time is up passes on the upload.
 * The next run checks that the source is still the same, lists the parts that S3 has, copies the rest, and
 * completes the upload.
 *
 * Half done: a copy in parts that fails is aborted. If the task is ended from outside, the bucket's lifecycle
 * rule removes the parts. A copy without a receipt was not checked and must not be used. Repeated: writes the
 * same object again, and a new receipt with the new task's key.
 *
 * Rejected: reading the object through this function to hash it. That takes time and memory in proportion to
 * the object, and the function could leak the content.
 */
export async function transferObject(
  task: TransferTask,
  environment: TransferEnvironment,
): Promise<TransferResult | More> {
  const { source: from, destination, receipt } = namesOf(task, environment);
  const s3 = task.client(S3Client);
  const key = await task.secret('receiptKey');
  const checkpoint = checkpointIn(task.checkpoint);
  const source = await sourceOf(s3, from, destination, checkpoint, task.signal);
  const copying = { task, s3, source, to: destination, environment, checkpoint };
  const copied = await copyChecked(copying);
  if ('unfinished' in copied) return task.more(copied.unfinished);
  const { check, copy } = copied;
  const checksum = { algorithm: check.algorithm, value: check.value };
  const text = signedReceipt(
    {
      boundaryId: task.boundaryId,
      source: { ...from, etag: source.etag },
      destination: { ...destination, etag: copy.ETag ?? '' },
      bytes: source.bytes,
      checksum,
      check: check.by,
      copiedAt: new Date(task.nowMs()).toISOString(),
    },
    key,
  );
  const written = await writeReceipt(s3, receipt, text, task.signal);
  task.log.info('object copied and checked, receipt written', {
    bytes: source.bytes,
    check: check.by,
    algorithm: check.algorithm,
  });
  return { bytes: source.bytes, checksum, check: check.by, receipt: written };
}

interface Names {
  readonly source: ObjectName;
  readonly destination: ObjectName;
  readonly receipt: ObjectName;
}

function namesOf(task: TransferTask, { SOURCE_BUCKET, DESTINATION_BUCKET }: TransferEnvironment): Names {
  const { sourceKey, destinationKey } = task.parameters;
  const receiptKey = receiptKeyOf(destinationKey);
  const bytes = Buffer.byteLength(receiptKey);
  if (bytes > S3_KEY_BYTES) {
    throw new TransferRefused(
      `The receipt's key, destinationKey with .receipt.json, has ${bytes} bytes; S3 allows at most ${S3_KEY_BYTES}. Shorten destinationKey by ${bytes - S3_KEY_BYTES} bytes. Nothing was copied.`,
    );
  }
  return {
    source: { bucket: SOURCE_BUCKET, key: sourceKey },
    destination: { bucket: DESTINATION_BUCKET, key: destinationKey },
    receipt: { bucket: DESTINATION_BUCKET, key: receiptKey },
  };
}

/**
 * The source as it is now. In a later run it must be the same as in the earlier runs, or else the upload is
 * aborted.
 */
async function sourceOf(
  s3: S3Client,
  from: ObjectName,
  to: ObjectName,
  checkpoint: TransferCheckpoint | undefined,
  signal: AbortSignal,
): Promise<Source> {
  try {
    const source = await readSource(s3, from, signal);
    if (checkpoint) assertSameSource(checkpoint, source);
    return source;
  } catch (error) {
    throw checkpoint ? await abortAfter({ s3, to, id: checkpoint.uploadId }, error) : error;
  }
}

interface Copying {
  readonly task: TransferTask;
  readonly s3: S3Client;
  readonly source: Source;
  readonly to: ObjectName;
  readonly environment: TransferEnvironment;
  readonly checkpoint: TransferCheckpoint | undefined;
}

type Copied =
  { readonly check: Check; readonly copy: Checksums } | { readonly unfinished: TransferCheckpoint };

/** Copies, and returns the copy only if its checksum equals the source's. */
async function copyChecked(copying: Copying): Promise<Copied> {
  const { task, s3, source, to, environment, checkpoint } = copying;
  const what = objectText(source);
  if (checkpoint === undefined && source.bytes <= environment.SINGLE_COPY_LIMIT_BYTES) {
    const check = wholeCopyCheck(source.head, what);
    const copy = await copyWhole(s3, source, to, check, task.signal).catch(asSourceChanged(source));
    assertSameChecksum(check, copy, what);
    return { check, copy };
  }
  const check = partsCheck(source.head, what);
  const copied = await inParts(copying, check).catch(asSourceChanged(source));
  if ('unfinished' in copied) return copied;
  assertSameChecksum(check, copied.copy, what);
  return { check, copy: copied.copy };
}

const inParts = ({ task, s3, source, to, environment, checkpoint }: Copying, check: PartsCheck) =>
  copyInParts(
    { s3, source, to, check },
    {
      partBytes: environment.PART_BYTES,
      parallel: environment.PARALLEL_PARTS,
      signal: task.signal,
      isTimeUp: () => task.timeLeftMs() < environment.STOP_BEFORE_SECONDS * 1000,
      uploadId: checkpoint?.uploadId,
    },
  );

/** S3 refuses a copy if the source now has another ETag. */
const asSourceChanged =
  (source: Source) =>
  (error: unknown): never => {
    if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error;
    throw new SourceChanged(
      `The source, ${objectText(source)}, is no longer the one with ETag ${source.etag} whose checksum was read (S3 answered: ${error.message}). Nothing was copied. Wait until its writer has finished, and submit again.`,
      { cause: error },
    );
  };
