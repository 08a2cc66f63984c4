import { closeBoundaryHandler } from './handler.ts';
import { lambdaPorts } from '../control/function/ports.ts';

/**
 * Trigger: the state `CloseBoundary`, after the proof.
 *
 * Effects, in order (close-boundary/close-boundary.ts):
 *  1. nothing without a proof in the ledger (`NotProven`);
 *  2. the session secret destroyed: after the proof, because the proof needs it;
 *  3. `boundary.closed`, the last event of the chain;
 *  4. the head signed by KMS, once, and the signature put beside the events; a chain whose hashes do not hold is not (`ChainBroken`);
 *  5. where the stack has an archive, the signed bundle put there, where nothing stands; something else in its place is an alarm, and no
 *     reason to stop;
 *  6. `boundary.closed` on the event bus: tried for some seconds, never waited for longer;
 *  7. phase `closed`, the outcome, what the archive said and whether that event got out in the ledger.
 *
 * Repeated or half done: each effect is recognised and not done twice, but the event: it may go out again, and consumers recognise it by
 * its boundary. The answer is the same.
 *
 * Rejected: closing in `ProveRevoked`. The function that reads session secrets should not be able to destroy them. Rejected: announcing
 * after the ledger's write. What dies in between would have to be found by a second write of every task.
 */
export const handler = closeBoundaryHandler(lambdaPorts);
