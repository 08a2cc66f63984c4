import * as z from 'zod';
import { count, sha256, timestamp } from './values.ts';

const quorum = z.int().min(1).nullable();

/** `approval.granted` and `approval.refused`: one person's decision about one grant. The actor is the person's ARN. */
export const approvalDecided = z.looseObject({
  /** Who decided: the same text is the same person, in whichever role or account. */
  person: z.string(),
  /** The role of the task type's deciders that let the person decide. */
  roleArn: z.string(),
  /** What the person looked at. Counts only where it equals the request's. */
  grantDigest: sha256,
  /** In the person's words; null where none was given. */
  reason: z.string().nullable(),
  /** When the decision was made: the event may be written later, by another function, when the first one died. */
  decidedAt: timestamp,
  /** How many people must approve the task; null where none must. */
  quorum,
});

/** `approval.expired`: too few people approved the task in time. */
export const approvalExpired = z.looseObject({
  expiresAt: timestamp,
  quorum,
  /** How many approvals the task had by then. */
  approvals: count,
});
