import { createPrivateKey } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { canonicalJson, sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { signEnvelope } from 'taskbound-evidence/signature/dsse';
import type { Secret } from '../../../core/secrets/secret.ts';
import type { Check } from './checksum.ts';
import type { ObjectName } from './source.ts';

const RECEIPT_TYPE = 'application/vnd.taskbound.transfer-receipt.v1+json';
export const receiptKeyOf = (destinationKey: string): string => `${destinationKey}.receipt.json`;

/**
 * The content of a receipt, which is signed with the task's own key: which task copied what, and how the copy
 * was checked.
 */
export interface Receipt {
  readonly boundaryId: string;
  readonly source: ObjectName & { readonly etag: string };
  readonly destination: ObjectName & { readonly etag: string };
  readonly bytes: number;
  /** The checksum of the source, which is equal to the checksum of the copy. */
  readonly checksum: { readonly algorithm: Check['algorithm']; readonly value: string };
  readonly check: Check['by'];
  /** ISO 8601. */
  readonly copiedAt: string;
}

/**
 * The receipt as it is stored: a DSSE envelope around RFC 8785 JSON. `key` is the private key in PKCS #8 PEM.
 */
export function signedReceipt(receipt: Receipt, key: Secret<string>): string {
  const envelope = signEnvelope(
    RECEIPT_TYPE,
    Buffer.from(canonicalJson(receipt)),
    createPrivateKey(key.reveal()),
  );
  return canonicalJson(envelope);
}

/**
 * Writes the receipt next to the object. `sha256` is the digest of the written bytes, which is recorded in
 * the evidence.
 */
export async function writeReceipt(
  s3: S3Client,
  at: ObjectName,
  text: string,
  abortSignal: AbortSignal,
): Promise<{ key: string; sha256: string }> {
  await s3.send(
    new PutObjectCommand({ Bucket: at.bucket, Key: at.key, Body: text, ContentType: 'application/json' }),
    { abortSignal },
  );
  return { key: at.key, sha256: sha256Hex(text) };
}
