import { liftAtMs } from './due.ts';
import type { LedgerRow } from './ledger.ts';
import { isAtLeast } from './phase.ts';

/** What Step Functions says of the execution that should be closing a boundary. */
export type OwnerState = 'missing' | 'running' | 'ended';

/** What the reconciler does about one row. */
export type ReconcileStep =
  | { readonly do: 'nothing'; readonly because: string }
  /** The execution is at work: look again later. */
  | { readonly do: 'wait'; readonly because: string }
  /** Submit stopped before the execution was started. */
  | { readonly do: 'start'; readonly because: string }
  /** No execution will close it any more: the Teardown machine must, under this attempt's number. */
  | { readonly do: 'teardown'; readonly attempt: number; readonly because: string }
  | { readonly do: 'lift-deny'; readonly because: string };

/** The execution that should close the boundary: the last Teardown, or else the task's own. */
export const ownerOf = (row: LedgerRow): string => row.teardown?.executionArn ?? row.executionArn;

/**
 * Decides from the ledger and from what AWS says now, never from what an event claimed: an event may be lost, late or doubled. The
 * attempt's number comes from the row, so that two reconcilers that decide the same start one Teardown.
 */
export function decideReconcile(row: LedgerRow, owner: OwnerState, nowMs: number): ReconcileStep {
  if (row.phase === 'closed') return decideClosed(row, nowMs);
  if (owner === 'running') return { do: 'wait', because: 'its execution is running' };
  if (owner === 'missing') return decideMissing(row);
  const attempt = (row.teardown?.attempt ?? 0) + 1;
  return { do: 'teardown', attempt, because: `its execution ended while it was ${row.phase}` };
}

function decideClosed(row: LedgerRow, nowMs: number): ReconcileStep {
  const liftMs = liftAtMs(row);
  if (liftMs === undefined) return { do: 'nothing', because: 'it is closed and nothing of it is left' };
  if (nowMs < liftMs) return { do: 'nothing', because: 'its deny stands until the deadline has passed' };
  return { do: 'lift-deny', because: 'its last credential has ended by itself' };
}

function decideMissing(row: LedgerRow): ReconcileStep {
  if (row.teardown) {
    return {
      do: 'teardown',
      attempt: row.teardown.attempt,
      because: 'its Teardown was intended but never started',
    };
  }
  if (!isAtLeast(row.phase, 'admitted'))
    return { do: 'start', because: 'it was submitted but never started' };
  return { do: 'teardown', attempt: 1, because: 'its execution is not known any more' };
}
