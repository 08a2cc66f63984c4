import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { S3_KEY_BYTES } from '../../../core/parameters.ts';
import type { Task } from '../../runtime/index.ts';
import { compare, partsCheck, wholeCopyCheck, type Check, type Checksums } from './checksum.ts';
import { copyInParts } from './copy-in-parts.ts';
import { copyWhole } from './copy-whole.ts';
import type { TransferEnvironment } from './environment.ts';
import { SourceChanged, TransferRefused } from './errors.ts';
import { receiptKeyOf, signedReceipt, writeReceipt } from './receipt.ts';
import { readSource, shown, type ObjectName, type Source } from './source.ts';

const transferParameters = z.object({ sourceKey: z.string().min(1), destinationKey: z.string().min(1) });

export type TransferResult = {
  readonly bytes: number;
  readonly checksum: { readonly algorithm: string; readonly value: string };
  readonly check: Check['by'];
  readonly receipt: { readonly key: string; readonly sha256: string };
};

/**
 * Copies one object within S3, checks the copy, and leaves a signed receipt beside it.
 *
 * Effects, in order:
 *  1. nothing, until the source's checksum is known and the receipt's key is fetched;
 *  2. the copy, of exactly the object whose checksum was read (`If-Match` on its ETag);
 *  3. the receipt, only once S3's checksum of the copy equals the source's.
 *
 * Half done: a copy in parts that fails is aborted; a copy without a receipt was not checked and is not to be used. Repeated: writes
 * the same object again, and a new receipt under the new task's key.
 *
 * Rejected: reading the object through this function to hash it. That needs the object's size in time and memory, and would make the
 * function a place where the content can leak.
 */
export async function transferObject(task: Task, environment: TransferEnvironment): Promise<TransferResult> {
  const { source: from, destination, receipt } = namesOf(task, environment);
  const s3 = task.client(S3Client);
  const key = await task.secret('receiptKey');
  const source = await readSource(s3, from, task.signal);
  const { check, copy } = await copyChecked(s3, source, destination, environment, task.signal);
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
  task.log.info('object copied, checked and receipted', {
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

function namesOf(task: Task, { SOURCE_BUCKET, DESTINATION_BUCKET }: TransferEnvironment): Names {
  const { sourceKey, destinationKey } = transferParameters.parse(task.parameters);
  const receiptKey = receiptKeyOf(destinationKey);
  const bytes = Buffer.byteLength(receiptKey);
  if (bytes > S3_KEY_BYTES) {
    throw new TransferRefused(
      `The receipt's key, destinationKey with .receipt.json, has ${bytes} bytes; S3 takes at most ${S3_KEY_BYTES}. Shorten destinationKey by ${bytes - S3_KEY_BYTES} bytes. Nothing was copied.`,
    );
  }
  return {
    source: { bucket: SOURCE_BUCKET, key: sourceKey },
    destination: { bucket: DESTINATION_BUCKET, key: destinationKey },
    receipt: { bucket: DESTINATION_BUCKET, key: receiptKey },
  };
}

/** Copies, and returns only when S3's checksum of the copy equals the source's. */
async function copyChecked(
  s3: S3Client,
  source: Source,
  to: ObjectName,
  environment: TransferEnvironment,
  signal: AbortSignal,
): Promise<{ check: Check; copy: Checksums }> {
  const what = shown(source);
  if (source.bytes <= environment.SINGLE_COPY_LIMIT_BYTES) {
    const check = wholeCopyCheck(source.head, what);
    const copy = await copyWhole(s3, source, to, check, signal).catch(changed(source));
    compare(check, copy, what);
    return { check, copy };
  }
  const check = partsCheck(source.head, what);
  const copy = await copyInParts(s3, source, to, check, environment.PART_BYTES, signal).catch(
    changed(source),
  );
  compare(check, copy, what);
  return { check, copy };
}

/** S3 refuses a copy whose source has another ETag by now. */
const changed =
  (source: Source) =>
  (error: unknown): never => {
    if (!(error instanceof Error) || error.name !== 'PreconditionFailed') throw error;
    throw new SourceChanged(
      `The source, ${shown(source)}, is no longer the one with ETag ${source.etag} whose checksum was read (S3 said: ${error.message}). Nothing was copied. Let its writer finish and submit again.`,
      { cause: error },
    );
  };
