import { lambdaPorts } from '../control/function/ports.ts';
import { issueIdentityHandler } from './handler.ts';

/**
 * Trigger: the state `IssueIdentity`, immediately before each run of the work.
 *
 * Effects, in order (intend-lease.ts, issue-lease.ts, issue-identity.ts):
 *  0. after a run that returned a checkpoint: the checkpoint is checked, and `work.finished:<lease>` is
 *     recorded in the evidence;
 *  1. everything is checked again: owner, phase, grant digest, approvals, window; a task that a rule refuses
 *     is rejected, in ledger and evidence;
 *  2. the lease's intent with its absolute deadline, at the end of the task's window at the latest, in the
 *     ledger; nothing if too little time or no lease is left (`OutOfTime`, `OutOfLeases`);
 *  3. an empty session secret and its resource policy;
 *  4. AssumeRole with the session policy, whose deadline is the intent's; a denial is tried again for ten
 *     seconds, because the role may have been deployed a moment ago;
 *  5. the canary call, which must succeed: only then does a later refusal prove anything;
 *  6. `identity.issued` in the evidence;
 *  7. the credentials into the session secret, as a version named after the access key;
 *  8. `issued` and phase `open` in the ledger; or, when teardown has begun meanwhile, `PhasePassed`: the work
 *     does not start.
 *
 * No answer at 4 (`IdentityUncertain`): the state is retried with another lease; ProveRevoked waits until
 * this one has expired. Repeated: returns the lease that was issued after the same run; a new run never gets
 * the lease of an earlier one. Half done: the intent stays in the ledger, and ProveRevoked waits for the
 * deadline of credentials that cannot be read. Late: refused at 2 or at 8; only the proof can read the
 * credentials.
 *
 * Rejected: passing the credentials through the state machine's payload. The history keeps them for 90 days.
 */
export const handler = issueIdentityHandler(lambdaPorts);
