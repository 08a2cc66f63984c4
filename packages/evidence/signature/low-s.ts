import { p256 } from '@noble/curves/nist.js';

/**
 * The canonical form of an ECDSA signature on P-256: DER, with the lower of the two valid values of s. Throws
 * for bytes that are not a signature. Anyone can compute the other value of s, so if both were accepted, the
 * field could be changed without detection.
 */
export function lowS(der: Uint8Array): Buffer {
  const { r, s } = p256.Signature.fromBytes(der, 'der');
  const order = p256.Point.Fn.ORDER;
  const signature = new p256.Signature(r, s > order / 2n ? order - s : s);
  return Buffer.from(signature.toBytes('der'));
}

/** Whether the bytes are a signature in the canonical form. */
export function isLowS(der: Uint8Array): boolean {
  try {
    return lowS(der).equals(der);
  } catch {
    return false;
  }
}
