import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { describeError } from 'taskbound-evidence/describe-error';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { DigestMismatch, MalformedSet, SetUnreadable } from './errors.ts';

/** A set is read by people before it is approved. */
const SET_BYTES = 256 * 1024;

/** `schema.table`, or a table of the login's search path. */
const table = z.string().regex(/^([A-Za-z_][A-Za-z0-9_]{0,62}\.)?[A-Za-z_][A-Za-z0-9_]{0,62}$/, {
  error: 'a table is named `schema.table` with letters, digits and _',
});
const tables = z.array(table).min(1).max(100);

/** A maintenance set, which a task of this type runs. */
const maintenanceSet = z.discriminatedUnion('kind', [
  /** Each table is vacuumed and analyzed. */
  z.strictObject({ kind: z.literal('vacuum'), tables }),
  /** The indexes of each table are rebuilt. Meanwhile the table can be read, but not written. */
  z.strictObject({ kind: z.literal('reindex'), tables }),
  /** One transaction. The SQL itself must allow a second run. */
  z.strictObject({ kind: z.literal('migration'), sql: z.string().min(1) }),
]);
export type MaintenanceSet = z.infer<typeof maintenanceSet>;

interface SetName {
  readonly bucket: string;
  readonly set: string;
  /** Lower-case hex SHA-256 of the object's bytes. */
  readonly digest: string;
}

/** Reads the set, and checks that its bytes have the digest, because people approve the digest. */
export async function readSet(s3: S3Client, name: SetName, signal: AbortSignal): Promise<MaintenanceSet> {
  const key = `${name.set}/${name.digest}.json`;
  const bytes = await readBytes(s3, name.bucket, key, signal);
  const digest = sha256Hex(bytes);
  if (digest !== name.digest) {
    throw new DigestMismatch(
      `The object ${key} in bucket ${name.bucket} has the SHA-256 ${digest}, not the requested ${name.digest}; it was changed after it was stored. Nothing was run. Store it as ${name.set}/${digest}.json, and submit that digest.`,
    );
  }
  return parsed(bytes, key);
}

async function readBytes(
  s3: S3Client,
  bucket: string,
  key: string,
  abortSignal: AbortSignal,
): Promise<Uint8Array> {
  const { Body, ContentLength = 0 } = await s3
    .send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal })
    .catch((error: unknown) => {
      abortSignal.throwIfAborted();
      const answer = describeError(error);
      throw new SetUnreadable(
        `Cannot read ${key} in bucket ${bucket}: it is missing, or this task was not granted it. S3 answered: ${answer}. Nothing was run. Check set and digest.`,
      );
    });
  if (ContentLength > SET_BYTES || Body === undefined)
    throw new SetUnreadable(
      `${key} in bucket ${bucket} has ${ContentLength} bytes; a set has at most ${SET_BYTES}. Nothing was run. Split it.`,
    );
  return Body.transformToByteArray();
}

function parsed(bytes: Uint8Array, key: string): MaintenanceSet {
  const result = maintenanceSet.safeParse(jsonOrUndefined(bytes));
  if (result.success) return result.data;
  throw new MalformedSet(
    `${key} is not a maintenance set: ${z.prettifyError(result.error)}. It must be { "kind": "vacuum" | "reindex", "tables": [...] } or { "kind": "migration", "sql": "..." }. Nothing was run.`,
  );
}

function jsonOrUndefined(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
