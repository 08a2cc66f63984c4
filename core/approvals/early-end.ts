import { movePhase, type LedgerRow } from '../ledger/ledger.ts';
import { isEnding } from '../ledger/phase.ts';

/** Who ends a task early, and why. */
export interface EarlyEnd {
  readonly person: string;
  readonly arn: string;
  readonly reason: string;
  readonly atMs: number;
}

/**
 * The row of a task that a person ends: nothing is issued from now on. A task that is ending or has ended is
 * not changed.
 */
export function withEarlyEnd(row: LedgerRow, ended: EarlyEnd): LedgerRow {
  if (isEnding(row.phase)) return row;
  return {
    ...movePhase(row, 'revoking'),
    revokingAtMs: ended.atMs,
    ended: { ...ended, wasIn: row.phase },
    work: {
      status: 'failed',
      error: 'TaskEnded',
      cause: `Ended by ${ended.person}: ${ended.reason}`,
      endedAtMs: ended.atMs,
    },
  };
}
