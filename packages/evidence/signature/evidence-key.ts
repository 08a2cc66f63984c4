import { createPublicKey, type KeyObject } from 'node:crypto';

/** P-256, in OpenSSL's words. */
const CURVE = 'prime256v1';
const PUBLIC_PEM = /^-----BEGIN PUBLIC KEY-----$/m;

/** The PEM (SubjectPublicKeyInfo) of a public key, in the one spelling that bundles have. */
export const publicKeyPem = (key: KeyObject): string =>
  key.export({ type: 'spki', format: 'pem' }).toString();

/** The key in a PEM text; a text where it is no public key that could have signed evidence, saying why. */
export function readPublicKey(pem: string): KeyObject | string {
  if (!PUBLIC_PEM.test(pem)) return 'it holds no PUBLIC KEY block';
  let key: KeyObject;
  try {
    key = createPublicKey(pem);
  } catch {
    return 'its PUBLIC KEY block cannot be read';
  }
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (key.asymmetricKeyType !== 'ec' || curve !== CURVE)
    return `it holds a key of another kind (${curve ?? key.asymmetricKeyType}); evidence is signed with ECDSA on P-256`;
  return key;
}
