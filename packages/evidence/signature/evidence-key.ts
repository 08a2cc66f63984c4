import { createPublicKey, type KeyObject } from 'node:crypto';

/** OpenSSL's name for P-256. */
const CURVE = 'prime256v1';
const PUBLIC_PEM = /^-----BEGIN PUBLIC KEY-----$/m;

/** The PEM (SubjectPublicKeyInfo) of a public key, in the canonical form that bundles use. */
export const publicKeyPem = (key: KeyObject): string =>
  key.export({ type: 'spki', format: 'pem' }).toString();

/** The key in a PEM text, or a message that explains why it is not a key that can sign evidence. */
export function readPublicKey(pem: string): KeyObject | string {
  if (!PUBLIC_PEM.test(pem)) return 'it contains no PUBLIC KEY block';
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return 'its PUBLIC KEY block cannot be read';
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType !== 'ec' || curve !== CURVE)
    return `it contains a key of another kind (${curve ?? key.asymmetricKeyType}); evidence is signed with ECDSA on P-256`;
  return key;
}
