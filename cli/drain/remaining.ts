import { removalState } from '../../core/operations/drain.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { StackRecords } from '../../client/stack/stack-records.ts';
import { UnreadableRow } from '../../core/shared/errors.ts';
import { mapInBatches } from '../../core/shared/map-in-batches.ts';

const BATCH = 20;

/** A row that this version cannot read. It counts as open. */
interface Unreadable {
  readonly boundaryId: string;
  readonly fault: string;
}

/** What prevents the stack from being deleted now. */
export interface Remaining {
  readonly open: readonly LedgerRow[];
  readonly unreadable: readonly Unreadable[];
  /** Closed; their denies and other leftovers are not removed yet. */
  readonly waiting: readonly LedgerRow[];
}

export const NOTHING_REMAINING: Remaining = { open: [], unreadable: [], waiting: [] };

export const isEmpty = (remaining: Remaining): boolean => idsIn(remaining).length === 0;

const idsIn = ({ open, unreadable, waiting }: Remaining): string[] =>
  [...open, ...unreadable, ...waiting].map(({ boundaryId }) => boundaryId);

/**
 * Reads every row that the index or the previous read found, consistently. The index may be behind the rows, so it only provides ids.
 */
export async function readRemaining(records: StackRecords, before: Remaining): Promise<Remaining> {
  const ids = [...new Set([...(await records.openOrUnswept()), ...idsIn(before)])].sort();
  const read = await mapInBatches(ids, BATCH, (boundaryId) => readRow(records, boundaryId));
  const rows = read.filter((row): row is LedgerRow => row !== undefined && 'phase' in row);
  return {
    open: rows.filter((row) => removalState(row) === 'open'),
    unreadable: read.filter((row): row is Unreadable => row !== undefined && 'fault' in row),
    waiting: rows.filter((row) => removalState(row) === 'waiting'),
  };
}

async function readRow(
  records: StackRecords,
  boundaryId: string,
): Promise<LedgerRow | Unreadable | undefined> {
  try {
    return await records.row(boundaryId);
  } catch (error) {
    if (!(error instanceof UnreadableRow)) throw error;
    return { boundaryId, fault: error.message };
  }
}
