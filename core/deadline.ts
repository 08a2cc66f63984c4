import type { LedgerRow } from './ledger.ts';

/** When the last lease's deadline passes, milliseconds; 0 when there is none. */
export const latestDeadlineMs = ({ leases }: Pick<LedgerRow, 'leases'>): number =>
  Math.max(0, ...leases.map((lease) => lease.deadlineMs));

/**
 * The row with its last moment, which is fixed when the first thing is issued: nothing of the task has a later deadline, however many
 * leases it takes, and none passes the end of its window. Whole seconds, rounded down, as deadlines are written.
 */
export function withTaskDeadline(row: LedgerRow, nowMs: number): LedgerRow {
  if (row.taskDeadlineMs !== undefined) return row;
  const lastMs = Math.min(
    nowMs + (row.taskSeconds ?? row.leaseSeconds) * 1000,
    row.window?.closesAtMs ?? Infinity,
  );
  return { ...row, taskDeadlineMs: Math.floor(lastMs / 1000) * 1000 };
}
