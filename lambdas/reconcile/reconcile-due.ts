import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { gaugesOf, metricLine } from '../../core/operations/metrics.ts';
import { rowHealth, UNREADABLE, type RowHealth } from '../../core/ledger/row-health.ts';
import type { ReconcileDependencies } from './deps.ts';
import { settleAll } from './settle-all.ts';
import { reconcileOne } from './reconcile.ts';

/** More open reviews than this are not counted: a gauge above zero is what raises the alarm. */
const MOST_REVIEWS = 100;
/** Rows that are asked for at once. */
const PAGE = 50;
/** A run starts nothing more after this; the rest is due in the next run. */
export const RUN_MS = 60_000;

interface DueDependencies extends ReconcileDependencies {
  /** Gets the gauges, one line a run. */
  readonly print: (line: string) => void;
  readonly stack: string;
}

/**
 * Looks at every row that is due, each independently. A row whose look fails is due again later. Stops at a
 * page without new rows: the index is eventually consistent, and a row that could not even be postponed is
 * left to the next run. At the end the gauges report what was wrong with the rows; a run that cannot query
 * the index writes none, and an alarm notices that.
 */
export async function reconcileDue(deps: DueDependencies): Promise<{ looked: number; failed: number }> {
  const endMs = deps.clock.nowMs() + RUN_MS;
  const run = { clock: deps.clock, endMs, nameOf: (boundaryId: string) => ({ boundaryId }) };
  const looked = new Set<string>();
  const health = new Map<string, RowHealth>();
  let failed = 0;
  for (let page = await deps.ledger.due(PAGE); page.length > 0; page = await deps.ledger.due(PAGE)) {
    const fresh = page.filter((boundaryId) => !looked.has(boundaryId));
    if (fresh.length === 0) break;
    const counts = await settleAll(fresh, (boundaryId) => look(boundaryId, deps, health), run);
    failed += counts.failed;
    for (const boundaryId of fresh) looked.add(boundaryId);
    if (page.length < PAGE || deps.clock.nowMs() >= endMs) break;
  }
  const gauges = gaugesOf([...health.values()], await deps.ledger.openReviews(MOST_REVIEWS));
  deps.print(metricLine(deps.stack, deps.clock.nowMs(), 'Count', gauges));
  return { looked: looked.size, failed };
}

/** A row that cannot be read counts as a row in trouble. */
async function look(
  boundaryId: string,
  deps: ReconcileDependencies,
  health: Map<string, RowHealth>,
): Promise<void> {
  const seen = (row: LedgerRow) => void health.set(boundaryId, rowHealth(row, deps.clock.nowMs()));
  try {
    await reconcileOne(boundaryId, deps, seen);
  } catch (error) {
    if (!health.has(boundaryId)) health.set(boundaryId, UNREADABLE);
    throw error;
  }
}
