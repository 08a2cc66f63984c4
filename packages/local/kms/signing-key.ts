import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';

/** The size of a private key and of a coordinate on P-256, in bytes. */
const SCALAR_BYTES = 32;

/** A P-256 key pair. Signatures are deterministic (RFC 6979), so that simulations repeat. */
export class SigningKey {
  readonly scalar: Uint8Array;

  constructor(scalar: Uint8Array) {
    this.scalar = scalar;
  }

  /** SubjectPublicKeyInfo, DER. */
  publicKeyDer(): Buffer {
    return createPublicKey(this.#privateKey()).export({ type: 'spki', format: 'der' });
  }

  /**
   * ECDSA signature of a 32-byte digest, in DER. Not normalized to low s, because AWS does not promise that.
   * Node's own `sign` cannot sign a digest.
   */
  signDigest(digest: Uint8Array): Buffer {
    return Buffer.from(p256.sign(digest, this.scalar, { prehash: false, format: 'der', lowS: false }));
  }

  #privateKey(): KeyObject {
    const pair = createECDH('prime256v1');
    pair.setPrivateKey(this.scalar);
    const point = pair.getPublicKey();
    const part = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
    return createPrivateKey({
      format: 'jwk',
      key: {
        kty: 'EC',
        crv: 'P-256',
        d: part(this.scalar),
        x: part(point.subarray(1, 1 + SCALAR_BYTES)),
        y: part(point.subarray(1 + SCALAR_BYTES)),
      },
    });
  }
}
