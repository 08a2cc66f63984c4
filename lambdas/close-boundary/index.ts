import { closeBoundaryHandler } from './handler.ts';
import { lambdaPorts } from '../control/function/ports.ts';

/**
 * Trigger: the state `CloseBoundary`, after the proof.
 *
 * Effects, in order (close-boundary/close-boundary.ts):
 *  1. nothing without a proof in the ledger (`NotProven`);
 *  2. the session secret destroyed: after the proof, because the proof needs it;
 *  3. `boundary.closed`, the last event of the chain;
 *  4. the chain's head, signed by KMS once, and the signature stored beside the events; a broken chain is not
 *     signed (`ChainBroken`);
 *  5. where the stack has an archive, the signed bundle, unless the archive has an object of that name; a
 *     different object raises an alarm, and the boundary is closed all the same;
 *  6. `boundary.closed` on the event bus: tried for some seconds, never longer;
 *  7. phase `closed`, the outcome, the state of the archive, and whether the event was accepted, in the
 *     ledger.
 *
 * Repeated or half done: an effect that was done is recognized and not repeated. Only the event on the bus
 * may be sent again; consumers recognize it by its boundary. The result is the same.
 *
 * Rejected: closing in `ProveRevoked`. The function that reads session secrets must not be able to destroy
 * them. Rejected: announcing after the ledger's write. A function that stops in between could only be
 * detected with a second write for every task.
 */
export const handler = closeBoundaryHandler(lambdaPorts);
