import { p256 } from '@noble/curves/nist.js';

/**
 * The one spelling of an ECDSA signature on P-256: DER, and the lower of the two values of s that verify alike. Throws for bytes that
 * are no signature. The other value is anybody's to compute: a signature that may have both would be a field that can be changed.
 */
export function lowS(der: Uint8Array): Buffer {
  const { r, s } = p256.Signature.fromBytes(der, 'der');
  const order = p256.Point.Fn.ORDER;
  const signature = new p256.Signature(r, s > order / 2n ? order - s : s);
  return Buffer.from(signature.toBytes('der'));
}

/** Whether bytes are a signature in that spelling. */
export function isLowS(der: Uint8Array): boolean {
  try {
    return lowS(der).equals(der);
  } catch {
    return false;
  }
}
