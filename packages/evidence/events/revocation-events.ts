import * as z from 'zod';
import { leaseNumber, timestamp } from './values.ts';

/** In place of a deny, when no credentials can have been issued. */
export const NO_DENY = 'not needed: no lease was intended';

const deny = z.looseObject({
  policyName: z.string(),
  roleName: z.string(),
  /** The last lease's deadline: the policy may be removed after that. */
  until: timestamp,
  /** False: the policy could not be put, and only the deadline ends the leases. */
  effective: z.boolean(),
  /** Why it could not be put. */
  error: z.string().nullable(),
});

/**
 * `boundary.revoked`: access was revoked, and nothing more can be issued. Event id `boundary.revoked:<effective>`, or `…:none`: a deny that
 * takes effect only in a repetition is a second event, and the last one counts.
 */
export const boundaryRevoked = z.looseObject({
  deny: z.union([deny, z.literal(NO_DENY)]),
  leases: z.array(
    z.looseObject({
      lease: leaseNumber,
      /** `intended`: credentials may exist, but they cannot be presented. */
      state: z.enum(['intended', 'issued']),
      deadline: timestamp,
    }),
  ),
  /** Names of the JIT secrets that are destroyed. */
  secretsRevoked: z.array(z.string()),
});

const refusal = z.looseObject({
  at: timestamp,
  /** AWS's error name. */
  error: z.string(),
  message: z.string(),
});

const leaseProof = z.looseObject({
  lease: leaseNumber,
  /** Null when no credentials are known. */
  accessKeyId: z.string().nullable(),
  deadline: timestamp,
  /** `refused`: the credentials were used and refused permanently. `expired`: the deadline has certainly passed. */
  proof: z.enum(['refused', 'expired']),
  /**
   * The answers to the lease's own credentials, in order, a second apart; none where nobody could present them. Those of an `expired` lease were
   * given after its deadline: alone they would not show that access ended permanently.
   */
  refusals: z.array(refusal),
});

/** How a proof shows that access ended; the weakest of its leases' proofs. */
export const proofKind = z.enum(['refused', 'nothing-issued', 'expired']);

/** `revocation.proven`: the end of access, as it was observed. */
export const revocationProven = z.looseObject({
  proof: proofKind,
  leases: z.array(leaseProof),
  /** Names of the JIT secrets that Secrets Manager does not have any more. */
  secretsGone: z.array(z.string()),
  /** Database logins that their servers do not have any more, neither role nor session; absent where the task had none. */
  loginsGone: z
    .array(
      z.looseObject({
        /** Name of the JIT secret. */
        secret: z.string(),
        username: z.string(),
        /** `host:port`. */
        server: z.string(),
        /** When the server was asked. */
        at: timestamp,
      }),
    )
    .exactOptional(),
});
