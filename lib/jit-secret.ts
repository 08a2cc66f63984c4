import type { SecretSpec } from '../core/task-type.ts';

/** A secret that is made for one task, readable only by that task's session, and destroyed at the task's end. */
export const JitSecret = {
  /** An Ed25519 pair: the private key (PKCS #8 PEM) is the secret, the public key stands in the evidence. */
  signingKey: (): SecretSpec => ({ kind: 'signingKey' }),

  /** A random value of letters and digits, for what needs a password. */
  generated: (options: { readonly characters?: number } = {}): SecretSpec => ({
    kind: 'generated',
    characters: options.characters ?? 32,
  }),
} as const;
