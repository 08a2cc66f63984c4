import { lambdaLoginPorts } from '../control/logins/login-ports.ts';
import { revokeAndRecordHandler } from './handler.ts';

/**
 * Trigger: the state `RevokeAndRecord`: every end of a task and every Catch leads here.
 *
 * Effects, in order (revoke-and-record/revoke-and-record.ts):
 *  1. phase `revoking`, and how the work ended, in the ledger: nothing issued from here on becomes usable;
 *  2. the deny for this boundary on the task role; if IAM refuses it, that is recorded and the rest
 *     continues: the deadline ends access;
 *  3. `work.finished` in the evidence, if the work was started;
 *  4. every JIT secret destroyed, and its login ended; a failure is recorded as `unrevoked`, and the state is
 *     retried;
 *  5. `boundary.revoked` in the evidence, phase `revoked`.
 *
 * Repeated: each effect is idempotent, and each event's id is its cause. Late: once `revoked`, nothing is
 * repeated. Half done: the retry starts from the ledger; "not found" counts only once the function that
 * intended the secret can no longer run, and ten seconds later: a secret that was just made can be unknown.
 *
 * Rejected: a deny on `aws:TokenIssueTime` for the whole role. It would end every other task of the type.
 */
export const handler = revokeAndRecordHandler(lambdaLoginPorts);
