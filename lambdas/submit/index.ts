import { lambdaPorts } from '../control/function/ports.ts';
import { submitHandler } from './handler.ts';

/**
 * Trigger: the function URL with IAM authentication. No principal may invoke the function directly, so IAM
 * has verified the caller.
 *
 * Effects, in order:
 *  1. the ledger row, if there is none and the stack is not being drained: it fixes nonce, grant digest and
 *     the execution's ARN;
 *  2. `task.requested` in the evidence;
 *  3. phase `approved`, unless the task waits for approval;
 *  4. StartExecution under the task's id, unless the task waits for approval.
 *
 * Late, repeated or half done: each effect changes nothing when it is repeated, so the same request with the
 * same id continues where the last call stopped. The same id with another request is refused and changes
 * nothing.
 *
 * Drain: the marker is read at most this function's timeout before the row is written. `taskbound drain`
 * waits longer than that.
 *
 * Rejected: starting the execution first and letting `Admit` write the row. Anyone with StartExecution could
 * then request a task.
 */
export const handler = submitHandler(lambdaPorts);
