import { createHash, generateKeyPairSync, randomInt } from 'node:crypto';
import { Secret } from '../../core/secrets/secret.ts';
import type { SecretKind, SecretSpec } from '../../core/task-types/task-type.ts';

/** What an issuer makes: the value, and public facts about it. */
export interface Issued {
  readonly value: Secret<string>;
  /** In ledger and evidence. */
  readonly handle: Readonly<Record<string, string>>;
}

/** Whether an issuer can revoke a secret, and the worst case that remains. The evidence records it. */
export interface Capability {
  readonly revocation: 'revocable' | 'expires';
  readonly worstCase: string;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Letters and digits. */
export const randomText = (characters: number): Secret<string> =>
  new Secret(Array.from({ length: characters }, () => ALPHABET[randomInt(ALPHABET.length)]).join(''));

function signingKey(): Issued {
  const pair = generateKeyPairSync('ed25519');
  const publicKey = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const der = pair.publicKey.export({ type: 'spki', format: 'der' });
  return {
    value: new Secret(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
    handle: { algorithm: 'Ed25519', publicKey, keyId: createHash('sha256').update(der).digest('hex') },
  };
}

/** Secrets that are generated here, without another service. */
export function draw(spec: Exclude<SecretSpec, { kind: 'postgres' }>): Issued {
  switch (spec.kind) {
    case 'generated':
      return { value: randomText(spec.characters), handle: {} };
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
  postgres: {
    revocation: 'revocable',
    worstCase:
      'While teardown is down, or cannot reach the database, open sessions stay open, and new ones can be opened until the deadline in the login (VALID UNTIL), with any password that the worker gave it. What it prepared (PREPARE TRANSACTION) or made where the admin cannot connect keeps the login, without sessions, until a person has removed it.',
  },
};
