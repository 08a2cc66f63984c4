import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import * as z from 'zod';

/**
 * Base64 with exactly one encoding for each value: extra bits after the last byte, other alphabets and white
 * space are refused.
 */
const strictBase64 = z
  .base64()
  .refine((text) => Buffer.from(text, 'base64').toString('base64') === text, 'not canonical base64');

/** DSSE v1: https://github.com/secure-systems-lab/dsse/blob/master/protocol.md */
export const dsseEnvelope = z.strictObject({
  payloadType: z.string().min(1),
  payload: strictBase64,
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: strictBase64 })).min(1),
});
export type DsseEnvelope = z.infer<typeof dsseEnvelope>;

/** Pre-authentication encoding: the bytes that are signed. */
export function preAuthEncoding(payloadType: string, payload: Uint8Array): Buffer {
  const type = Buffer.from(payloadType, 'utf8');
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${type.length} `),
    type,
    Buffer.from(` ${payload.length} `),
    payload,
  ]);
}

/**
 * Lower-case hex SHA-256 of the public key's SubjectPublicKeyInfo DER. A private key has the id of its public
 * key.
 */
export function keyIdOf(key: KeyObject): string {
  const publicKey = key.type === 'public' ? key : createPublicKey(key);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** SHA-256 of the pre-authentication encoding, for keys that sign digests. */
export const preAuthDigest = (payloadType: string, payload: Uint8Array): Buffer =>
  createHash('sha256').update(preAuthEncoding(payloadType, payload)).digest();

/** Signs with an Ed25519 private key. */
export function signEnvelope(payloadType: string, payload: Uint8Array, privateKey: KeyObject): DsseEnvelope {
  const signature = sign(null, preAuthEncoding(payloadType, payload), privateKey);
  return {
    payloadType,
    payload: Buffer.from(payload).toString('base64'),
    signatures: [{ keyid: keyIdOf(privateKey), sig: signature.toString('base64') }],
  };
}

/**
 * Whether at least one signature of the envelope is valid for the public key: Ed25519, or ECDSA over SHA-256
 * in DER.
 */
export function verifyEnvelope(envelope: DsseEnvelope, publicKey: KeyObject): boolean {
  const signed = preAuthEncoding(envelope.payloadType, Buffer.from(envelope.payload, 'base64'));
  const algorithm = publicKey.asymmetricKeyType === 'ec' ? 'sha256' : null;
  return envelope.signatures.some(({ sig }) =>
    verify(algorithm, signed, publicKey, Buffer.from(sig, 'base64')),
  );
}
