import { log } from '../control/log.ts';
import { reconcileOne, type ReconcileDependencies } from './reconcile.ts';

/** Rows that are asked for at once, and looked at side by side. */
const PAGE = 50;
const SIDE_BY_SIDE = 10;
/** A run begins no further page after this; what is left is due in the next one. */
const RUN_MS = 60_000;

/**
 * Looks at every row whose time has come, each on its own. One that fails is due again later. Stops at a page that has nothing new: the
 * index follows the rows with a delay, and a row whose look failed so badly that it could not even be postponed is the next run's.
 */
export async function reconcileDue(on: ReconcileDependencies): Promise<{ looked: number; failed: number }> {
  const endMs = on.clock.nowMs() + RUN_MS;
  const looked = new Set<string>();
  let failed = 0;
  for (let page = await on.ledger.due(PAGE); page.length > 0; page = await on.ledger.due(PAGE)) {
    const fresh = page.filter((boundaryId) => !looked.has(boundaryId));
    if (fresh.length === 0) break;
    for (const some of inGroups(fresh, SIDE_BY_SIDE))
      failed += (await Promise.all(some.map((boundaryId) => succeeds(boundaryId, on)))).filter(
        (ok) => !ok,
      ).length;
    for (const boundaryId of fresh) looked.add(boundaryId);
    if (page.length < PAGE || on.clock.nowMs() >= endMs) break;
  }
  return { looked: looked.size, failed };
}

const inGroups = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );

function succeeds(boundaryId: string, on: ReconcileDependencies): Promise<boolean> {
  return reconcileOne(boundaryId, on).then(
    () => true,
    (error: unknown) => {
      log('error', 'reconcile could not look', { boundaryId, error: String(error) });
      return false;
    },
  );
}
