import { lambdaPorts } from '../control/function/ports.ts';
import { admitHandler } from './handler.ts';

/**
 * Trigger: the state `Admit`, first of every execution, and again when the task's window has opened.
 *
 * Effects, in order (admit/admit.ts):
 *  1. nothing, if no row names this execution (`NotTheOwner`);
 *  2. `task.admitted`, then phase `admitted`; or, when a rule refuses, the rejection in the row, then `task.rejected`.
 *  3. answers until when the task must wait for its window, or that it need not.
 *
 * Late or repeated: an admitted task is admitted again without effect; once its boundary is open, or teardown has begun, the call is
 * refused (`PhasePassed`) and changes nothing.
 * Half done: evidence without the phase is completed by the retry, because the event's id is recognised.
 *
 * Rejected: trusting the execution's input. Whoever may call StartExecution would then decide what a task may do.
 */
export const handler = admitHandler(lambdaPorts);
