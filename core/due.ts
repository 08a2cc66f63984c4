import type { LedgerRow } from './ledger.ts';

/** The value of the partition key `due`: one partition, and only rows that need a look are in it. */
export const DUE = 'due';

/** A row that nobody wrote to for this long gets a look, milliseconds. Longer than any step that is not the work itself. */
const PATIENCE_MS = 120_000;
/** How far the reconciler's clock may be ahead of IAM's: a deny is lifted only after that. */
export const LIFT_MARGIN_MS = 60_000;

/**
 * When the reconciler must look at a row, milliseconds; undefined when never again. Derived at every write, so that no writer can
 * forget it. While the work runs the lease bounds it: there is nothing to see before its deadline.
 */
export function dueAtMs(row: LedgerRow): number | undefined {
  if (row.phase === 'closed') return liftAtMs(row);
  const touchedMs = row.updatedAtMs ?? row.requestedAtMs;
  const working = row.phase === 'open' ? Math.max(0, ...row.leases.map((lease) => lease.deadlineMs)) : 0;
  return Math.max(touchedMs, working) + PATIENCE_MS;
}

/** When a boundary's deny may go: never before the last credential has ended by itself. */
export const liftAtMs = ({ deny }: LedgerRow): number | undefined =>
  deny === undefined || deny.liftedAtMs !== undefined ? undefined : deny.deadlineMs + LIFT_MARGIN_MS;
