import * as z from 'zod';
import { leaseNumber, sha256, timestamp } from './values.ts';

/** `identity.issued`: session credentials were issued and accepted once, before the work could read them. */
export const identityIssued = z.looseObject({
  lease: leaseNumber,
  /** The lease whose run handed on to this one; null in the first run. Absent in records that are older than such runs. */
  after: leaseNumber.nullable().exactOptional(),
  /** The task role that the session assumed. */
  roleArn: z.string(),
  sessionName: z.string(),
  sourceIdentity: z.string(),
  accessKeyId: z.string().min(1),
  /** From this time on the session policy denies everything. Whole seconds, the same text as in the policy. */
  deadline: timestamp,
  grantDigest: sha256,
  /** Over the UTF-8 bytes of `sessionPolicy`. */
  policyDigest: sha256,
  /** The exact text that was given to AssumeRole. */
  sessionPolicy: z.string(),
  /** The secret that holds the credentials. */
  sessionSecretName: z.string(),
  /** ARNs of the roles that its resource policy lets read it. Absent in records that are older than the audit. */
  sessionSecretReaders: z.looseObject({ work: z.string(), proof: z.string() }).exactOptional(),
  /** ARN of the function version that runs with the credentials. */
  workVersion: z.string(),
  /** The harmless call that tries the credentials: the event is written only after it was accepted. */
  canary: z.literal('accepted'),
});
