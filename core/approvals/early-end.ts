import { movePhase } from '../ledger/move-phase.ts';
import { isEndingRow, type EndingRow, type LedgerRow } from '../ledger/ledger.ts';

/** Who ends a task early, and why. */
export interface EarlyEnd {
  readonly person: string;
  readonly arn: string;
  readonly reason: string;
  readonly atMs: number;
}

/** The row of a task that a person ends: nothing is issued from now on. A task that is ending or has ended is not changed. */
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
