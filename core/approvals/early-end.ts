import { movePhase } from '../ledger/move-phase.ts';
import { isEndingRow, type EndingRow, type LedgerRow } from '../ledger/ledger.ts';

/** Who ends a task before its own end, and why. */
export interface EarlyEnd {
  readonly person: string;
  readonly arn: string;
  readonly reason: string;
  readonly atMs: number;
}

/** The row of a task that somebody ends: nothing more is issued from here on. One that ends already, or has ended, is left as it is. */
export function withEarlyEnd(row: LedgerRow, ended: EarlyEnd): EndingRow {
  if (isEndingRow(row)) return row;
  return movePhase(row, 'revoking', {
    revokingAtMs: ended.atMs,
    ended: { ...ended, wasIn: row.phase },
    work: {
      status: 'failed',
      error: 'TaskEnded',
      cause: `Ended by ${ended.person}: ${ended.reason}`,
      endedAtMs: ended.atMs,
    },
  });
}
