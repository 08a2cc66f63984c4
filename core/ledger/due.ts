import { isWaiting } from '../approvals/approval.ts';
import { latestDeadlineMs } from './deadline.ts';
import type { LedgerRow } from './ledger.ts';
import { wasAttempted } from './secret-record.ts';
import { troubledFromMs } from './row-health.ts';

/** The reconciler reads a row that was not written for this long, milliseconds. Every step but the work is shorter. */
const PATIENCE_MS = 120_000;
/**
 * A task that waits for its window is looked at so often: only because its execution may have ended while the news of it was lost, and nothing
 * is issued that would have to end.
 */
const WAITING_LOOK_MS = 3_600_000;
/**
 * How long after the end of a boundary, and of its last credential, its leftovers are swept: longer than a function of the control plane
 * may still be running that read the row before it was closed, and than clocks may differ. What such a function made is swept with the rest.
 */
export const SWEEP_MARGIN_MS = 60_000;

/** How often a look may fail before the pause between two looks grows no more: then it is five minutes. */
const FIRST_PAUSE_MS = 60_000;
export const LONGEST_PAUSE_MS = 300_000;

/**
 * When the reconciler must look at a row, milliseconds; undefined when never again. Derived at every write, so that no writer can
 * forget it. While the work runs the lease bounds it: there is nothing to see before its deadline.
 */
export function dueAtMs(row: LedgerRow): number | undefined {
  const wantedMs = row.phase === 'closed' ? tidyAtMs(row) : lookAtMs(row);
  return wantedMs === undefined ? undefined : Math.max(wantedMs, row.postponed?.untilMs ?? 0);
}

/** What is left to do for a closed boundary, the earlier of both. */
function tidyAtMs(row: LedgerRow): number | undefined {
  const earliestMs = Math.min(sweepAtMs(row) ?? Infinity, announceAtMs(row) ?? Infinity);
  return earliestMs === Infinity ? undefined : earliestMs;
}

function lookAtMs(row: LedgerRow): number {
  if (isWaiting(row)) return row.approval.expiresAtMs; // nothing of it exists, and nothing is to be seen before
  const touchedMs = row.updatedAtMs ?? row.requestedAtMs;
  const working = row.phase === 'open' ? latestDeadlineMs(row) : 0;
  const quietMs = Math.max(touchedMs, working, waitingUntilMs(row, touchedMs)) + PATIENCE_MS;
  // A Teardown gets its time first: before it has passed, a look at one that ended would do nothing and keep other rows waiting.
  const teardownMs = row.teardown === undefined ? 0 : row.teardown.intendedAtMs + PATIENCE_MS;
  return Math.min(quietMs, Math.max(touchedMs, troubledFromMs(row), teardownMs));
}

/** A task is admitted before it waits: one whose execution was not even started is looked at as soon as any other. */
const waitingUntilMs = ({ phase, window }: LedgerRow, touchedMs: number): number =>
  phase === 'admitted' && window !== undefined ? Math.min(window.opensAtMs, touchedMs + WAITING_LOOK_MS) : 0;

/** When a closed boundary is announced whose closing could not be; undefined when it was. */
export function announceAtMs(row: LedgerRow): number | undefined {
  if (row.phase !== 'closed' || row.announcedAtMs !== undefined) return undefined;
  return row.closedAtMs + SWEEP_MARGIN_MS;
}

/**
 * When what a closed boundary may have left is swept: its deny, never before the last credential has ended by itself, and whatever a
 * function made too late. Undefined when that was done, or nothing was ever made.
 */
export function sweepAtMs(row: LedgerRow): number | undefined {
  const madeNothing = row.leases.length === 0 && !row.secrets.some(wasAttempted);
  if (row.phase !== 'closed' || row.sweptAtMs !== undefined || madeNothing) return undefined;
  return Math.max(latestDeadlineMs(row), row.closedAtMs) + SWEEP_MARGIN_MS;
}

/** How long the next look waits after so many that failed: rows that cannot be helped now must not keep others waiting. */
export const pauseAfterMs = (failures: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);

/** Failed looks in a row: one that was due long ago and did not fail again ended the row of them. */
export const failuresBefore = ({ postponed }: LedgerRow, nowMs: number): number =>
  postponed !== undefined && nowMs < postponed.untilMs + 2 * LONGEST_PAUSE_MS ? postponed.failures : 0;
