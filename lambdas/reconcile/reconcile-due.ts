import { eachOnItsOwn } from './each-on-its-own.ts';
import { reconcileOne, type ReconcileDependencies } from './reconcile.ts';

/** Rows that are asked for at once. */
const PAGE = 50;
/** A run begins nothing further after this; what is left is due in the next one. */
export const RUN_MS = 60_000;

/**
 * Looks at every row whose time has come, each on its own. One that fails is due again later. Stops at a page that has nothing new: the
 * index follows the rows with a delay, and a row whose look failed so badly that it could not even be postponed is the next run's.
 */
export async function reconcileDue(on: ReconcileDependencies): Promise<{ looked: number; failed: number }> {
  const endMs = on.clock.nowMs() + RUN_MS;
  const run = { clock: on.clock, endMs, nameOf: (boundaryId: string) => ({ boundaryId }) };
  const looked = new Set<string>();
  let failed = 0;
  for (let page = await on.ledger.due(PAGE); page.length > 0; page = await on.ledger.due(PAGE)) {
    const fresh = page.filter((boundaryId) => !looked.has(boundaryId));
    if (fresh.length === 0) break;
    const counts = await eachOnItsOwn(fresh, (boundaryId) => reconcileOne(boundaryId, on), run);
    failed += counts.failed;
    for (const boundaryId of fresh) looked.add(boundaryId);
    if (page.length < PAGE || on.clock.nowMs() >= endMs) break;
  }
  return { looked: looked.size, failed };
}
