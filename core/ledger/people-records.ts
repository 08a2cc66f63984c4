import * as z from 'zod';
import { ms } from './fields.ts';
import { PHASES } from './phase.ts';

const decider = {
  /** See `core/approvals/people.ts`. */
  person: z.string(),
  arn: z.string(),
  roleArn: z.string(),
  /** A decision counts for one grant only. */
  grantDigest: z.string(),
  atMs: ms,
};

/** One person's decision about a task that waits for approval. Only a refusal must give a reason. */
export const decisionRecord = z.discriminatedUnion('decision', [
  z.looseObject({ ...decider, decision: z.literal('approve'), reason: z.string().optional() }),
  z.looseObject({ ...decider, decision: z.literal('refuse'), reason: z.string() }),
]);
export type DecisionRecord = z.infer<typeof decisionRecord>;

/** How many people must approve the task, and until when they can. */
export const approvalRecord = z.looseObject({ quorum: z.int().min(1), expiresAtMs: ms });

/** Who ended a task early, and why. */
export const endedRecord = z.looseObject({
  person: z.string(),
  arn: z.string(),
  reason: z.string(),
  /** The phase that it was in. */
  wasIn: z.enum(PHASES),
  atMs: ms,
});

/** Why a task will not run. */
export const rejectionRecord = z.looseObject({
  error: z.string(),
  cause: z.string(),
  /** People refused it, or did not decide in time. Absent where a rule rejected it. */
  by: z.enum(['refusal', 'expiry']).optional(),
});
