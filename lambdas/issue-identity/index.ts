import { lambdaPorts } from '../control/function/ports.ts';
import { issueIdentityHandler } from './handler.ts';

/**
 * Trigger: the state `IssueIdentity`, immediately before each run of the work.
 *
 * Effects, in order (issue-identity/issue-identity.ts):
 *  0. after a run that handed on: its checkpoint is checked, and `work.finished:<lease>` says so in the evidence;
 *  1. everything is checked again: owner, phase, grant digest, approvals, window; what a rule refuses is rejected, in ledger and evidence;
 *  2. the lease's intent with its absolute deadline, at the end of the task's window at the latest, in the ledger, unless too little is left
 *     of the task (`OutOfTime`, `OutOfLeases`);
 *  3. an empty session secret and its resource policy;
 *  4. AssumeRole with the session policy, whose deadline is the intent's;
 *  5. the canary is accepted: the session works, so its refusal later will mean something;
 *  6. `identity.issued` in the evidence;
 *  7. the credentials into the session secret, as a version named after the access key;
 *  8. `issued` and phase `open` in the ledger, or, when teardown began meanwhile, `PhasePassed`: the work never starts.
 *
 * Unanswered at 4 (`IdentityUncertain`): the state is retried with another lease; this one is waited out by ProveRevoked.
 * Repeated: the lease that was issued after the same run is answered again; a new run never gets the lease of an old one. Half done: the intent stands; a credential that nobody can read back is waited
 * out by ProveRevoked until its deadline. Late: refused at 2 or at 8; the credentials stay where only the proof reads them.
 *
 * Rejected: handing the credentials through the state machine's payload. History keeps 90 days of them.
 */
export const handler = issueIdentityHandler(lambdaPorts);
