import { lambdaPorts } from '../control/function/ports.ts';
import { endHandler } from './handler.ts';

/**
 * Trigger: the function URL with IAM authentication. No principal may invoke the function directly, so IAM
 * has verified the caller.
 *
 * Effects, in order (end/end.ts):
 *  1. who ends the task and why, its outcome, and phase `revoking`, in one write: nothing more is issued
 *     after it;
 *  2. `task.ended` in the evidence;
 *  3. Teardown: its intent in the row, then its start; it denies the session, revokes the secrets, proves and
 *     closes;
 *  4. StopExecution. An execution that cannot be stopped finds its boundary revoked.
 * A caller who may not end the task changes nothing; the evidence of a task that has not ended records
 * `attempt.refused`.
 *
 * Repeated by the same person with the same reason, or half done: continues where it stopped. Late: a task
 * that is already ending is closed by its own tail. When this function stops after 1, reconcile starts
 * Teardown.
 *
 * Rejected: only stopping the execution. Access would then end only when the event of its end arrives, which
 * is best effort.
 */
export const handler = endHandler(lambdaPorts);
