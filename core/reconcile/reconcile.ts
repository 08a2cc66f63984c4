import { announceAtMs, sweepAtMs } from '../ledger/due.ts';
import { isWaiting, settledAtMs } from '../approvals/approval.ts';
import type { ClosedRow, LedgerRow } from '../ledger/ledger.ts';
import { isAtLeast } from '../ledger/phase.ts';

/**
 * The state, in Step Functions, of the execution that should close a boundary. `gave-up`: it ended in
 * `BoundaryUnproven`.
 */
export type OwnerState = 'missing' | 'running' | 'ended' | 'gave-up';

/** What the reconciler does with one row. */
export type ReconcileStep =
  | { readonly do: 'nothing'; readonly because: string }
  /** The execution is running: check again later. */
  | { readonly do: 'wait'; readonly because: string }
  /** It did not get enough approvals in time: it is closed without having run. */
  | { readonly do: 'expire'; readonly because: string }
  /** The function that should have started the execution stopped before it did. */
  | { readonly do: 'start'; readonly because: string }
  /** No execution will close it: the Teardown machine must, with this attempt number. */
  | { readonly do: 'teardown'; readonly attempt: number; readonly because: string }
  /** Closed, and all its credentials have expired: leftovers are removed. */
  | { readonly do: 'sweep'; readonly because: string }
  /** Closed, but its event was not sent. */
  | { readonly do: 'announce'; readonly because: string };

/** The execution that should close the boundary: the last Teardown, or else the task's own. */
export const ownerOf = (row: LedgerRow): string => row.teardown?.executionArn ?? row.executionArn;

/**
 * The minimum time between the starts of two Teardowns, if the first one ended without closing the boundary.
 */
export const TEARDOWN_PAUSE_MS = 120_000;

/**
 * Decides from the ledger and from the current state in AWS, never from the content of an event: an event may
 * be lost, late or duplicated. The attempt number comes from the row, so two reconcilers that decide the same
 * start only one Teardown.
 */
export function decideReconcile(row: LedgerRow, owner: OwnerState, nowMs: number): ReconcileStep {
  if (row.phase === 'closed') return decideClosed(row, nowMs);
  if (owner === 'running') return { do: 'wait', because: 'its execution is running' };
  if (owner === 'missing') return decideMissing(row, nowMs);
  return decideEnded(row, nowMs);
}

/**
 * Sweeping comes first: an unavailable event bus must not keep deny policies on a role, which has room for
 * about 55.
 */
function decideClosed(row: ClosedRow, nowMs: number): ReconcileStep {
  const sweepMs = sweepAtMs(row);
  if (nowMs >= (sweepMs ?? Infinity))
    return { do: 'sweep', because: 'its last credential has ended by itself' };
  if (nowMs >= (announceAtMs(row) ?? Infinity))
    return { do: 'announce', because: 'the event bus was not told that it is closed' };
  return sweepMs === undefined
    ? { do: 'nothing', because: 'it is closed and nothing of it is left' }
    : { do: 'nothing', because: 'its deny stands until the deadline has passed' };
}

/**
 * A task that could not be started within this time (after its approval, if it needed one) is closed: its
 * requester has stopped waiting, or its type was removed.
 */
export const START_WITHIN_MS = 900_000;

function decideMissing(row: LedgerRow, nowMs: number): ReconcileStep {
  if (row.teardown) {
    return {
      do: 'teardown',
      attempt: row.teardown.attempt,
      because: 'its Teardown was intended but never started',
    };
  }
  if (isAtLeast(row.phase, 'admitted'))
    return {
      do: 'teardown',
      attempt: 1,
      because: 'it ended before it was started, or its execution is not known any more',
    };
  if (isWaiting(row))
    return nowMs < row.approval.expiresAtMs
      ? { do: 'nothing', because: 'it waits for approval' }
      : { do: 'expire', because: 'not enough people approved it in time' };
  if (nowMs < settledAtMs(row) + START_WITHIN_MS)
    return { do: 'start', because: 'it was submitted or decided but never started' };
  return { do: 'teardown', attempt: 1, because: 'it could not be started in time' };
}

/**
 * Without the pause, the event at the end of a Teardown that cannot start would immediately start the next
 * one.
 */
function decideEnded(row: LedgerRow, nowMs: number): ReconcileStep {
  if (row.teardown && nowMs < row.teardown.intendedAtMs + TEARDOWN_PAUSE_MS)
    return { do: 'nothing', because: 'its Teardown ended a moment ago; the next one follows after a pause' };
  const attempt = (row.teardown?.attempt ?? 0) + 1;
  return { do: 'teardown', attempt, because: `its execution ended while it was ${row.phase}` };
}
