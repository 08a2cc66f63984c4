import type { RowIn } from '../../../core/ledger/ledger.ts';
import { rowOf } from '../support.ts';

/** The row of an open boundary, with what a test changes in it. */
export const openRow = (change: Partial<RowIn<'open'>> = {}): RowIn<'open'> =>
  rowOf({ phase: 'open', ...change });
