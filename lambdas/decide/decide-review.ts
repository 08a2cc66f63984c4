import type { DecisionCall } from '../../core/approvals/decision.ts';
import { DecisionRefused, LedgerContention, NotPermitted } from '../../core/shared/errors.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { personOf } from '../../core/approvals/people.ts';
import {
  reviewFault,
  withReviewDecision,
  type DecidedReview,
  type ReviewRow,
} from '../../core/approvals/review.ts';
import { recordAttempt } from '../control/evidence/attempts.ts';
import type { VerifiedCaller } from '../control/function/caller.ts';
import { unknownTask } from '../control/ledger/unknown-task.ts';
import type { Decided } from './decided.ts';
import type { DecideDependencies } from './deps.ts';

/**
 * A person other than the requester decides once whether an emergency was justified. The task itself is not
 * changed.
 */
export async function decideReview(
  call: DecisionCall,
  caller: VerifiedCaller,
  deps: DecideDependencies,
): Promise<Decided> {
  const review = await deps.ledger.review(call.task);
  if (review === undefined) throw unknownTask(call.task);
  const state = call.decision === 'approve' ? 'justified' : 'unjustified';
  // First the evidence of an earlier decision: the function that wrote it may have stopped before it recorded
  // it.
  if (review.state !== 'open') await recordReview(review, deps);
  if (review.decided?.arn === caller.arn && review.state === state) return answerOf(review, call);
  const person = await assertReviewer(review, call, caller, deps);
  const decided = {
    person,
    arn: caller.arn,
    atMs: deps.clock.nowMs(),
    ...omitUndefined({ reason: call.reason }),
  };
  const settled = await settle(review, withReviewDecision(review, state, decided), deps);
  await recordReview(settled, deps);
  return answerOf(settled, call);
}

const answerOf = ({ boundaryId, decided, state }: DecidedReview, { decision }: DecisionCall): Decided => ({
  boundaryId,
  decision,
  person: decided.person,
  phase: state,
  approvals: null,
  quorum: null,
});

async function recordReview(
  { boundaryId, of, state, decided }: DecidedReview,
  deps: DecideDependencies,
): Promise<void> {
  await deps.evidence.append(boundaryId, {
    id: 'review.decided',
    type: 'review.decided',
    actor: decided.arn,
    data: { of, decision: state, person: decided.person, reason: decided.reason ?? null },
  });
}

async function assertReviewer(
  review: ReviewRow,
  { decision, task }: DecisionCall,
  caller: VerifiedCaller,
  deps: DecideDependencies,
): Promise<string> {
  const config = await deps.types.find(review.taskType);
  const person = personOf(caller, config?.people.decide ?? [])?.person;
  const fault =
    person === undefined
      ? `${caller.arn} may not decide about ${review.taskType}`
      : reviewFault(review, person);
  if (person !== undefined && fault === undefined) return person;
  const because = fault ?? '';
  const code = person === undefined ? 'not-permitted' : review.decided ? 'already-decided' : 'requester';
  await recordAttempt(task, { what: decision, by: caller.arn, code, because }, deps.evidence);
  if (person === undefined) throw new NotPermitted(`${because}. Ask for grantDecide on the type.`);
  throw new DecisionRefused(
    `The review ${task} is not decided by this call: ${because}. Nothing was changed.`,
  );
}

/** Writes the decided review. Of two calls at once the second fails and has to look again. */
async function settle(
  review: ReviewRow,
  decided: DecidedReview,
  { ledger }: DecideDependencies,
): Promise<DecidedReview> {
  if (await ledger.decideReview(decided)) return decided;
  const now = await ledger.review(review.boundaryId);
  // The response to this call's own write may have been lost.
  if (now?.decided?.arn === decided.decided.arn && now.decided.atMs === decided.decided.atMs) return decided;
  throw new LedgerContention(
    `The review ${review.boundaryId} changed between read and write. Look at it again.`,
  );
}
