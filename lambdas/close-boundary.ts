import { closeBoundaryHandler } from './close-boundary/handler.ts';
import { lambdaPorts } from './control/ports.ts';

/**
 * Trigger: the state `CloseBoundary`, after the proof.
 *
 * Effects, in order (close-boundary/close-boundary.ts):
 *  1. nothing without a proof in the ledger (`NotProven`);
 *  2. the session secret destroyed: after the proof, because the proof needs it;
 *  3. `boundary.closed`, the last event of the chain;
 *  4. phase `closed` and the outcome in the ledger.
 *
 * Repeated or half done: each effect is recognised and not done twice; the answer is the same.
 *
 * Rejected: closing in `ProveRevoked`. The function that reads session secrets should not be able to destroy them.
 */
export const handler = closeBoundaryHandler(lambdaPorts);
