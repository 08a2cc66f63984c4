import * as z from 'zod';

/**
 * The environment of each control function. Synth types its props with these schemas, and the function parses
 * `process.env` with them at cold start.
 */
const common = {
  STACK: z.string().min(1),
  LEDGER_TABLE: z.string().min(1),
  EVIDENCE_TABLE: z.string().min(1),
};

export const submitEnvironment = z.object(common);
export const decideEnvironment = z.object(common);
export const endEnvironment = z.object({ ...common, TEARDOWN_MACHINE_ARN: z.string().min(1) });
export const submitScheduledEnvironment = z.object(common);
export const admitEnvironment = z.object(common);
export const issueSecretEnvironment = z.object({ ...common, SECRETS_KEY_ARN: z.string().optional() });
export const issueIdentityEnvironment = z.object({
  ...common,
  SECRETS_KEY_ARN: z.string().optional(),
  /** The only reader of session secrets other than the work role. */
  PROVE_REVOKED_ROLE_ARN: z.string().min(1),
});
/**
 * The maximum run time of the issuing functions. Only after it, "not found" is final for something that they
 * intended to create.
 */
export const revokeAndRecordEnvironment = z.object({
  ...common,
  ISSUE_TIMEOUT_SECONDS: z.coerce.number().int().min(1),
});
export const proveRevokedEnvironment = z.object({
  ...common,
  ISSUE_TIMEOUT_SECONDS: z.coerce.number().int().min(1),
});
export const closeBoundaryEnvironment = z.object({
  ...common,
  /** The key that signs the head of each chain. */
  EVIDENCE_KEY_ARN: z.string().min(1),
  /** The bucket to which every bundle is also written. Absent: no archive. */
  ARCHIVE_BUCKET: z.string().min(1).optional(),
  /** The prefix of the keys in the bucket. */
  ARCHIVE_PREFIX: z.string().default(''),
});
export const reconcileEnvironment = z.object({ ...common, TEARDOWN_MACHINE_ARN: z.string().min(1) });
