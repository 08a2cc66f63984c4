import { lambdaPorts } from '../control/function/ports.ts';
import { endHandler } from './handler.ts';

/**
 * Trigger: the function URL with IAM authentication; nobody may Invoke it directly, so the caller's identity is IAM's word.
 *
 * Effects, in order (end/end.ts):
 *  1. who ends the task and why, its outcome, and phase `revoking`, in one write: nothing more is issued from here on;
 *  2. `task.ended` in the evidence;
 *  3. Teardown: its intent in the row, then its start; it denies the session, revokes the secrets, proves and closes;
 *  4. StopExecution. One that cannot be stopped finds its boundary revoked.
 * Whoever may not end it changes nothing; that is `attempt.refused` in the evidence of a task that has not ended.
 *
 * Repeated by the same person with the same reason, or half done: goes on where it stopped. Late: a task that ends by itself is left to
 * its own tail. When this function dies after 1, reconcile starts Teardown.
 *
 * Rejected: only stopping the execution. Access would then end as late as the event of its end arrives, which is best effort.
 */
export const handler = endHandler(lambdaPorts);
