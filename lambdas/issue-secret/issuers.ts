import { createHash, generateKeyPairSync, randomInt } from 'node:crypto';
import { Secret } from '../../core/secret.ts';
import type { SecretKind, SecretSpec } from '../../core/task-type.ts';

/** What an issuer makes: the value, and what may be said of it. */
export interface Issued {
  readonly value: Secret<string>;
  /** Stands in ledger and evidence. */
  readonly handle: Readonly<Record<string, string>>;
}

/** What an issuer can do about a secret that is out, and the worst that follows: it goes into the evidence. */
export interface Capability {
  readonly revocation: 'revocable' | 'expires';
  readonly worstCase: string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function generated(characters: number): Issued {
  const value = Array.from({ length: characters }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return { value: new Secret(value), handle: {} };
}

function signingKey(): Issued {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const der = pair.publicKey.export({ type: 'spki', format: 'der' });
  return {
    value: new Secret(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    handle: { algorithm: 'Ed25519', publicKey, keyId: createHash('sha256').update(der).digest('hex') },
  };
}

export function issue(spec: SecretSpec): Issued {
  switch (spec.kind) {
    case 'generated':
      return generated(spec.characters);
    case 'signingKey':
      return signingKey();
  }
}

export const CAPABILITIES: Readonly<Record<SecretKind, Capability>> = {
  generated: {
    revocation: 'revocable',
    worstCase:
      'A copy that the worker took stays a copy: whatever accepts the value must stop accepting it by itself.',
  },
  signingKey: {
    revocation: 'revocable',
    worstCase:
      'A copy of the private key can still sign; only receipts whose hashes stand in the evidence count.',
  },
};
