import * as z from 'zod';
import { parseBoundaryId } from 'taskbound-evidence/names/ids';
import { REASON_CHARACTERS } from '../requests/reason.ts';
import { parseCall, type CallTexts } from '../requests/parse-call.ts';
import { reviewedBy } from 'taskbound-evidence/names/review-id';

const reason = z.string().min(1).max(REASON_CHARACTERS);
/** `<type>.<taskId>`, or the review of an emergency: `<type>.<taskId>.review`. */
const task = z.string().refine((text) => parseBoundaryId(reviewedBy(text) ?? text) !== undefined);

/** A decision about a task that waits. The person comes from IAM, never from the call. */
const decisionCall = z.strictObject({
  task,
  decision: z.enum(['approve', 'refuse']),
  /** The digest of the grant that the person saw. For a task, not for a review. */
  grantDigest: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
  reason: reason.optional(),
});
export type DecisionCall = z.infer<typeof decisionCall>;

/** A call that ends a task early. */
const endCall = z.strictObject({ task, reason });
export type EndCall = z.infer<typeof endCall>;

const TASK = 'a boundary id, <type>.<taskId>';
const REASON = `1 to ${REASON_CHARACTERS} characters`;

const wordsOf = (name: string, allowed: CallTexts['allowed']): CallTexts => ({
  name,
  ofCall: ` of the ${name}`,
  allowed,
  nextStep: 'Correct it and try again.',
});

const DECISION_WORDS = wordsOf('decision', {
  task: TASK,
  decision: 'approve or refuse',
  grantDigest: '64 of 0-9 a-f: the digest of what was looked at',
  reason: REASON,
});
const END_WORDS = wordsOf('call to end a task', { task: TASK, reason: REASON });

export const parseDecision = (value: unknown): DecisionCall => parseCall(decisionCall, value, DECISION_WORDS);

export const parseEnd = (value: unknown): EndCall => parseCall(endCall, value, END_WORDS);
