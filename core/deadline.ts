import type { LedgerRow } from './ledger.ts';

/** When the last lease's deadline passes, milliseconds; 0 when there is none. */
export const latestDeadlineMs = ({ leases }: Pick<LedgerRow, 'leases'>): number =>
  Math.max(0, ...leases.map((lease) => lease.deadlineMs));
