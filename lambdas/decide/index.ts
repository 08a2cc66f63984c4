import { lambdaPorts } from '../control/function/ports.ts';
import { decideHandler } from './handler.ts';

/**
 * Trigger: the function URL with IAM authentication. No principal may invoke the function directly, so IAM
 * has verified the caller.
 *
 * Effects, in order (decide/decide.ts):
 *  1. the decision in the ledger row, by one conditional write: it counts for one grant digest, a person
 *     counts once, the requester never; the write that completes the quorum also moves the phase to
 *     `approved`, and a refusal is final;
 *  2. `approval.granted` or `approval.refused` in the evidence;
 *  3. StartExecution under the task's id: to run it once approved, or to close it once refused.
 * A decision that is refused changes nothing; it is recorded as `attempt.refused` in the evidence of a task
 * that has not ended. For a review of an emergency (`<boundaryId>.review`): its record, then `review.decided`
 * in its own chain.
 *
 * Late, repeated or half done: a second decision of the same person is refused. When this function stops
 * half-way, reconcile continues from the row. Of two decisions at the same instant, one completes the quorum,
 * and the execution's name lets it start once.
 *
 * Rejected: a task token in the execution. It could leak and would have to be stored, and an execution would
 * wait for people.
 */
export const handler = decideHandler(lambdaPorts);
