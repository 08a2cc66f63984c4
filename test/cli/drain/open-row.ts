import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { rowOf } from '../support.ts';

/** The row of an open boundary, with what a test changes in it. */
export const openRow = (change: Partial<LedgerRow> = {}): LedgerRow => {
  const {
    outcome: _outcome,
    proof: _proof,
    closedAtMs: _closed,
    ...row
  } = rowOf({ phase: 'open', ...change });
  return row;
};
