import { lambdaPorts } from '../control/function/ports.ts';
import { admitHandler } from './handler.ts';

/**
 * Trigger: the state `Admit`, first of every execution, and again when the task's window has opened.
 *
 * Effects, in order (admit/admit.ts):
 *  1. nothing, if no row names this execution (`NotTheOwner`);
 *  2. `task.admitted`, then phase `admitted`; or, when a rule rejects the task, the rejection in the row,
 *     then `task.rejected`;
 *  3. returns when the task's window opens, or null if the task need not wait.
 *
 * Late or repeated: an admitted task is admitted again without effect; once its boundary is open, or teardown
 * has begun, the call is refused (`PhasePassed`) and changes nothing. Half done: the retry recognizes the
 * event by its id and writes the phase.
 *
 * Rejected: trusting the execution's input. Every principal with StartExecution would then decide what a task
 * may do.
 */
export const handler = admitHandler(lambdaPorts);
