import { lambdaLoginPorts } from '../control/logins/login-ports.ts';
import { revokeAndRecordHandler } from './handler.ts';

/**
 * Trigger: the state `RevokeAndRecord`: every end of a task and every Catch leads here.
 *
 * Effects, in order (revoke-and-record/revoke-and-record.ts):
 *  1. phase `revoking`, and how the work ended, in the ledger: nothing issued from here on becomes usable;
 *  2. the deny for this boundary on the task role; if IAM does not take it, that is recorded and nothing stops: the deadline holds;
 *  3. `work.finished` in the evidence, if the work was begun;
 *  4. every JIT secret destroyed, and the login that it opens ended; what fails stands as `unrevoked` and the state is retried;
 *  5. `boundary.revoked` in the evidence, phase `revoked`.
 *
 * Repeated: each effect is idempotent, each event has its cause as id. Late: once `revoked`, nothing is done again.
 * Half done: the retry starts from the ledger; "not found" counts only once the function that meant to make it can no longer run.
 *
 * Rejected: a deny on `aws:TokenIssueTime` for the whole role. It would end every other task of the type.
 */
export const handler = revokeAndRecordHandler(lambdaLoginPorts);
