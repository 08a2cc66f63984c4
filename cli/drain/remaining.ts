import * as z from 'zod';
import { standingOf } from '../../core/operations/drain.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { StackRecords } from '../connection/stack-records.ts';
import { mapInBatches } from '../../core/shared/map-in-batches.ts';

const BATCH = 20;

/** A row that this version cannot read. It counts as open. */
interface UnreadableRow {
  readonly boundaryId: string;
  readonly fault: string;
}

/** What prevents the stack from being deleted now. */
export interface Remaining {
  readonly open: readonly LedgerRow[];
  readonly unreadable: readonly UnreadableRow[];
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
    open: rows.filter((row) => standingOf(row) === 'open'),
    unreadable: read.filter((row): row is UnreadableRow => row !== undefined && 'fault' in row),
    waiting: rows.filter((row) => standingOf(row) === 'waiting'),
  };
}

async function readRow(
  records: StackRecords,
  boundaryId: string,
): Promise<LedgerRow | UnreadableRow | undefined> {
  try {
    return await records.row(boundaryId);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const issue = error.issues[0];
    return { boundaryId, fault: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unexpected form'}` };
  }
}
