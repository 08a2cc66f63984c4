import * as z from 'zod';
import { removalState } from '../../core/operations/drain.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { Records } from '../connection/records.ts';
import { mapInBatches } from '../../core/shared/map-in-batches.ts';

const SIDE_BY_SIDE = 20;

/** A row that this version cannot read: it counts as open. */
interface UnreadableRow {
  readonly boundaryId: string;
  readonly fault: string;
}

/** What keeps the stack from being deleted, as it stands now. */
export interface Look {
  readonly open: readonly LedgerRow[];
  readonly unreadable: readonly UnreadableRow[];
  /** Closed; their denies and other leftovers are not taken away yet. */
  readonly waiting: readonly LedgerRow[];
}

export const NOTHING_SEEN: Look = { open: [], unreadable: [], waiting: [] };

export const isEmpty = (look: Look): boolean => idsIn(look).length === 0;

const idsIn = ({ open, unreadable, waiting }: Look): string[] =>
  [...open, ...unreadable, ...waiting].map(({ boundaryId }) => boundaryId);

/**
 * Finds what is in the index, and whatever the look before this one found, then reads each row consistently: the index may be behind the
 * rows, so it says where to look and never what is so.
 */
export async function lookAgain(records: Records, before: Look): Promise<Look> {
  const ids = [...new Set([...(await records.due()), ...idsIn(before)])].sort();
  const read = await mapInBatches(ids, SIDE_BY_SIDE, (boundaryId) => readRow(records, boundaryId));
  const rows = read.filter((row): row is LedgerRow => row !== undefined && 'phase' in row);
  return {
    open: rows.filter((row) => removalState(row) === 'open'),
    unreadable: read.filter((row): row is UnreadableRow => row !== undefined && 'fault' in row),
    waiting: rows.filter((row) => removalState(row) === 'waiting'),
  };
}

async function readRow(records: Records, boundaryId: string): Promise<LedgerRow | UnreadableRow | undefined> {
  try {
    return await records.row(boundaryId);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const issue = error.issues[0];
    return { boundaryId, fault: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'of another form'}` };
  }
}
