import * as z from 'zod';

const kind = z.enum(['generated', 'signingKey', 'postgres']);

/** `secret.issued`: a secret was made for this task only. Its value is in no event. */
export const secretIssued = z.looseObject({
  /** As the task type declares it: unique within a task. */
  name: z.string(),
  kind,
  /** The name in Secrets Manager. */
  secretName: z.string(),
  /**
   * What identifies the value without revealing it. `generated`: nothing. `signingKey`: `algorithm`, `publicKey` (PEM) and `keyId` (SHA-256
   * of its DER form, hex). `postgres`: `username`, `roleId`, `database`, `server`, `validUntil` and `rights`.
   */
  handle: z.record(z.string(), z.string()),
  /** What the issuer can do about a value that was copied: end it at once, or only wait for its end. */
  revocation: z.enum(['revocable', 'expires']),
  /** The worst that a copied value allows, in the issuer's words. */
  worstCase: z.string(),
});

/** `secret.revoked`: the secret was destroyed, and for a database its login as well. */
export const secretRevoked = z.looseObject({ name: z.string(), kind, secretName: z.string() });
