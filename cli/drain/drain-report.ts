import { isWaiting } from '../../core/approvals/approval.ts';
import { sweptByMs, type Drain } from '../../core/operations/drain.ts';
import { latestDeadlineMs } from '../../core/ledger/deadline.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { Remaining } from './remaining.ts';

/** The phase of a row that this version cannot read. */
const UNREADABLE = 'unreadable';

/** ISO 8601; null when there is no such time. */
const iso = (ms: number): string | null => (ms === 0 ? null : new Date(ms).toISOString());

/** A boundary that is not closed. `error`: why the reconciler's last attempt failed, or why its row cannot be read. */
interface OpenBoundary {
  readonly boundaryId: string;
  readonly phase: string;
  readonly executionArn: string | null;
  readonly requestedAt: string | null;
  readonly requestedBy: string | null;
  /** When its last credential expires; null when none was issued. */
  readonly credentialsUntil: string | null;
  readonly error: string | null;
}

/** A closed boundary whose deny or other leftovers are not removed yet. */
interface WaitingBoundary {
  readonly boundaryId: string;
  /** The role with the inline deny policy; null when only secrets are left to check. */
  readonly roleName: string | null;
  readonly policyName: string | null;
  /** The latest time at which it is lifted, if nothing fails. */
  readonly liftedBy: string | null;
  readonly error: string | null;
}

/** What `drain --json` prints; scripts rely on these fields. */
export interface DrainReport {
  readonly stack: string;
  /** Whether new tasks are refused now. */
  readonly draining: boolean;
  /** Whether the stack may be deleted: nothing remains, and no task can be added. */
  readonly safe: boolean;
  /** Boundaries whose execution was stopped by this command. */
  readonly ended: readonly string[];
  readonly open: readonly OpenBoundary[];
  readonly waitingForDeny: readonly WaitingBoundary[];
  /** Who drains, since when and why; null when the stack is not draining, or the marker cannot be read. */
  readonly marker: { readonly since: string; readonly by: string; readonly reason: string } | null;
}

const openBoundary = (row: LedgerRow): OpenBoundary => ({
  boundaryId: row.boundaryId,
  phase: row.phase,
  executionArn: row.teardown?.executionArn ?? row.executionArn,
  requestedAt: iso(row.requestedAtMs),
  requestedBy: row.requestedBy.arn,
  credentialsUntil: iso(latestDeadlineMs(row)),
  error: row.postponed?.because ?? waitReason(row),
});

/** A task that waits for approval has no execution to stop: it closes when it is decided, or when its approvals expire. */
const waitReason = (row: LedgerRow): string | null =>
  isWaiting(row)
    ? `it waits for approval until ${iso(row.approval.expiresAtMs)}; refuse it (taskbound refuse) or end it (taskbound revoke)`
    : null;

const waitingBoundary = (row: LedgerRow): WaitingBoundary => ({
  boundaryId: row.boundaryId,
  roleName: row.deny?.roleName ?? null,
  policyName: row.deny?.policyName ?? null,
  liftedBy: iso(sweptByMs(row)),
  error: row.postponed?.because ?? null,
});

const markerOf = (drain: Drain | undefined): DrainReport['marker'] =>
  drain !== undefined && 'marker' in drain
    ? {
        since: new Date(drain.marker.sinceMs).toISOString(),
        by: drain.marker.by,
        reason: drain.marker.reason,
      }
    : null;

export function drainReport(
  stack: string,
  {
    safe,
    remaining,
    drain,
    ended,
  }: { safe: boolean; remaining: Remaining; drain: Drain | undefined; ended: readonly string[] },
): DrainReport {
  const unreadable = remaining.unreadable.map(({ boundaryId, fault }) => ({
    ...{ boundaryId, phase: UNREADABLE, error: fault },
    ...{ executionArn: null, requestedAt: null, requestedBy: null, credentialsUntil: null },
  }));
  return {
    stack,
    draining: drain !== undefined,
    safe,
    ended,
    open: [...remaining.open.map(openBoundary), ...unreadable],
    waitingForDeny: remaining.waiting.map(waitingBoundary),
    marker: markerOf(drain),
  };
}
