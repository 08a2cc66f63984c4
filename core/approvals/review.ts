import * as z from 'zod';
import { absent, ms } from '../ledger/fields.ts';
import type { LedgerRow } from '../ledger/ledger.ts';
import { reviewIdOf } from 'taskbound-evidence/names/review-id';

/** Partition of the sparse index that contains open reviews. A decided review is removed from it. */
export const REVIEW_OPEN = 'review';

/**
 * The review of one emergency. It has its own record in the ledger's table, and its own chain in the
 * evidence, both under `reviewIdOf`. It is independent of the task, which runs and closes meanwhile. Times
 * are milliseconds since 1970.
 */
const opened = {
  boundaryId: z.string(),
  kind: z.literal('review'),
  of: z.string(),
  taskType: z.string(),
  stack: z.string(),
  revision: z.int().min(1),
  requester: z.string(),
  requestedBy: z.string(),
  /** Why the task could not wait. */
  emergency: z.string(),
  openedAtMs: ms,
};

/** In the sparse index while it is open. */
const openReview = z.looseObject({
  ...opened,
  state: z.literal('open'),
  due: z.literal(REVIEW_OPEN),
  dueAtMs: ms,
  decided: absent,
});

const decidedReview = z.looseObject({
  ...opened,
  state: z.enum(['justified', 'unjustified']),
  decided: z.looseObject({ person: z.string(), arn: z.string(), atMs: ms, reason: z.string().optional() }),
  due: absent,
  dueAtMs: absent,
});

export const reviewRow = z.discriminatedUnion('state', [openReview, decidedReview]);
export type ReviewRow = z.infer<typeof reviewRow>;
export type DecidedReview = z.infer<typeof decidedReview>;

/** The open review of a task that skipped its approval. */
export const openReviewOf = (row: LedgerRow): ReviewRow => ({
  boundaryId: reviewIdOf(row.boundaryId),
  kind: 'review',
  of: row.boundaryId,
  taskType: row.taskType,
  stack: row.stack,
  revision: 1,
  requester: row.requester ?? '',
  requestedBy: row.requestedBy.arn,
  emergency: row.emergency ?? '',
  openedAtMs: row.requestedAtMs,
  state: 'open',
  due: REVIEW_OPEN,
  dueAtMs: row.requestedAtMs,
});

/** Why the person may not decide the review, or undefined. */
export function reviewFault(review: ReviewRow, person: string): string | undefined {
  if (review.decided !== undefined)
    return `${review.decided.person} decided it already, at ${new Date(review.decided.atMs).toISOString()}`;
  return review.requester === '' || review.requester === person
    ? `${person} asked for the emergency; somebody else must review it`
    : undefined;
}

/** The decided review: final, and removed from the index. */
export function withReviewDecision(
  { due: _due, dueAtMs: _dueAtMs, ...review }: ReviewRow,
  state: 'justified' | 'unjustified',
  decided: DecidedReview['decided'],
): DecidedReview {
  return { ...review, revision: review.revision + 1, state, decided };
}
