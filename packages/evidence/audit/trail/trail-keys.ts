/**
 * How CloudTrail signs digest files:
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html
 */
import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import * as z from 'zod';
import type { DigestFile } from './digest-file.ts';

/** What `aws cloudtrail list-public-keys` prints. `Value` is the RSA key in PKCS #1 DER. */
export const publicKeyList = z.object({
  PublicKeyList: z.array(z.object({ Value: z.base64(), Fingerprint: z.string() })).min(1),
});

/**
 * The text that is signed: one line each for the end time, the object, the hash and the previous signature.
 */
const signedText = ({ hash, document }: Pick<DigestFile, 'hash' | 'document'>): string =>
  [
    document.digestEndTime,
    `${document.digestS3Bucket}/${document.digestS3Object}`,
    hash,
    document.previousDigestSignature ?? 'null',
  ].join('\n');

/** CloudTrail's public keys, by fingerprint. */
export class TrailKeys {
  readonly #keys: ReadonlyMap<string, KeyObject>;

  /** Throws if a key is invalid. */
  constructor(list: z.infer<typeof publicKeyList>) {
    this.#keys = new Map(
      list.PublicKeyList.map(({ Value, Fingerprint }) => [
        Fingerprint,
        createPublicKey({ key: Buffer.from(Value, 'base64'), format: 'der', type: 'pkcs1' }),
      ]),
    );
  }

  /** `unknown`: the key or the signature is not available. */
  check(file: DigestFile, signature: string | undefined): 'right' | 'wrong' | 'unknown' {
    const key = this.#keys.get(file.document.digestPublicKeyFingerprint);
    if (key === undefined || signature === undefined) return 'unknown';
    const isRight = verify('sha256', Buffer.from(signedText(file)), key, Buffer.from(signature, 'hex'));
    return isRight ? 'right' : 'wrong';
  }
}
