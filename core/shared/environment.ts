import * as z from 'zod';

/** Environment of each control function: synth types its props with these, the function parses `process.env` with them at cold start. */
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
  /** Besides the work role, the only reader of session secrets. */
  PROVE_REVOKED_ROLE_ARN: z.string().min(1),
});
/** Seconds that each function may run at most: only after that is "not found" final for what it intended. */
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
  /** Signs the head of each chain. */
  EVIDENCE_KEY_ARN: z.string().min(1),
  /** Where every bundle is put besides; absent: nowhere. */
  ARCHIVE_BUCKET: z.string().min(1).optional(),
  /** What the keys there begin with. */
  ARCHIVE_PREFIX: z.string().default(''),
});
export const reconcileEnvironment = z.object({ ...common, TEARDOWN_MACHINE_ARN: z.string().min(1) });
