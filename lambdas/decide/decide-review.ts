import type { DecisionCall } from '../../core/decision.ts';
import { DecisionRefused, LedgerContention, NotPermitted } from '../../core/errors.ts';
import { personOf } from '../../core/people.ts';
import { reviewFault, withReviewDecision, type ReviewRow } from '../../core/review.ts';
import { recordAttempt } from '../control/attempts.ts';
import type { VerifiedCaller } from '../control/caller.ts';
import { unknownTask } from '../control/unknown-task.ts';
import type { DecideDependencies, Decided } from './decide.ts';

/** Somebody other than whoever called it judges an emergency, once: justified or not. The task itself is not touched. */
export async function decideReview(
  call: DecisionCall,
  caller: VerifiedCaller,
  on: DecideDependencies,
): Promise<Decided> {
  const review = await on.ledger.review(call.task);
  if (review === undefined) throw unknownTask(call.task);
  const person = await demandReviewer(review, call, caller, on);
  const state = call.decision === 'approve' ? 'justified' : 'unjustified';
  const decided = {
    person,
    arn: caller.arn,
    atMs: on.clock.nowMs(),
    ...(call.reason !== undefined && { reason: call.reason }),
  };
  const standing = await settle(review, withReviewDecision(review, state, decided), on);
  await on.evidence.append(review.boundaryId, {
    id: 'review.decided',
    type: 'review.decided',
    actor: standing.decided?.arn ?? caller.arn,
    data: { of: review.of, decision: state, person, reason: call.reason ?? null },
  });
  return {
    boundaryId: review.boundaryId,
    decision: call.decision,
    person,
    phase: state,
    approvals: null,
    quorum: null,
  };
}

async function demandReviewer(
  review: ReviewRow,
  { decision, task }: DecisionCall,
  caller: VerifiedCaller,
  on: DecideDependencies,
): Promise<string> {
  const config = await on.types.find(review.taskType);
  const person = personOf(caller.arn, config?.people.decide ?? [])?.person;
  const fault =
    person === undefined
      ? `${caller.arn} may not decide about ${review.taskType}`
      : reviewFault(review, person);
  if (person !== undefined && fault === undefined) return person;
  const because = fault ?? '';
  const code = person === undefined ? 'not-permitted' : review.decided ? 'already-decided' : 'requester';
  await recordAttempt(task, { what: decision, by: caller.arn, code, because }, on.evidence);
  if (person === undefined) throw new NotPermitted(`${because}. Ask for grantDecide on the type.`);
  throw new DecisionRefused(`The review ${task} is not decided by this: ${because}. Nothing was changed.`);
}

/** The decided review in the ledger. Of two at once the second is told to look again. */
async function settle(
  review: ReviewRow,
  decided: ReviewRow,
  { ledger }: DecideDependencies,
): Promise<ReviewRow> {
  if (await ledger.decideReview(decided)) return decided;
  const now = await ledger.review(review.boundaryId);
  // An answer that was lost is met again as its own.
  if (now?.decided?.arn === decided.decided?.arn && now?.decided?.atMs === decided.decided?.atMs)
    return decided;
  throw new LedgerContention(
    `The review ${review.boundaryId} changed between read and write. Look at it again.`,
  );
}
