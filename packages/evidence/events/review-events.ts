import * as z from 'zod';
import { sha256 } from './values.ts';

/** `review.opened`: a task ran as an emergency, without approval. First event of the review's own chain. */
export const reviewOpened = z.looseObject({
  /** The boundary id of the task under review. */
  of: z.string(),
  /** Why the task could not wait, in the requester's words. */
  emergency: z.string(),
  reason: z.string(),
  grantDigest: sha256,
  /** The person who asked for the task and so cannot review it; null where the type does not name people. */
  requester: z.string().nullable(),
});

/** `review.decided`: somebody else judged the emergency. The actor is the reviewer's ARN. */
export const reviewDecided = z.looseObject({
  /** The boundary id of the task under review. */
  of: z.string(),
  decision: z.enum(['justified', 'unjustified']),
  person: z.string(),
  reason: z.string().nullable(),
});
