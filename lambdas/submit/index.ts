import { lambdaPorts } from '../control/function/ports.ts';
import { submitHandler } from './handler.ts';

/**
 * Trigger: the function URL with IAM authentication; nobody may Invoke it directly, so the caller's identity is IAM's word.
 *
 * Effects, in order:
 *  1. the ledger row, if none stands and no marker says that the stack is being drained: it fixes nonce, grant digest and the execution's ARN;
 *  2. `task.requested` in the evidence;
 *  3. phase `approved` (this version's types need no approval);
 *  4. StartExecution under the task's id.
 *
 * Late, repeated or half done: each effect is written so that doing it again changes nothing, so the same request with the same id
 * goes on where the last one stopped. The same id with another request is refused and touches nothing.
 *
 * Drained: the marker is read at most this function's timeout before the row is written. `taskbound drain` waits for longer than that.
 *
 * Rejected: starting the execution first and letting `Admit` write the row. Then anyone with StartExecution could ask for a task.
 */
export const handler = submitHandler(lambdaPorts);
