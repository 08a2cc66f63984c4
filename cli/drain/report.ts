import { isWaiting } from '../../core/approvals/approval.ts';
import { sweptByMs, type Drain } from '../../core/operations/drain.ts';
import { latestDeadlineMs } from '../../core/ledger/deadline.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { Look } from './look.ts';

/** The phase of a row that this version cannot read. */
const UNREADABLE = 'unreadable';

/** ISO 8601; null for a time that there is none of. */
const iso = (ms: number): string | null => (ms === 0 ? null : new Date(ms).toISOString());

/** A boundary that is not closed. `error`: why the reconciler could not help it lately, or why its row cannot be read. */
interface OpenBoundary {
  readonly boundaryId: string;
  readonly phase: string;
  readonly executionArn: string | null;
  readonly requestedAt: string | null;
  readonly requestedBy: string | null;
  /** When its last credential dies by itself; null when none was issued. */
  readonly credentialsUntil: string | null;
  readonly error: string | null;
}

/** A closed boundary whose deny, or whatever else it left, is not taken away yet. */
interface WaitingBoundary {
  readonly boundaryId: string;
  /** The role and its inline policy; null when it left no deny, only secrets to look for. */
  readonly roleName: string | null;
  readonly policyName: string | null;
  /** When it is lifted at the latest, if nothing fails. */
  readonly liftedBy: string | null;
  readonly error: string | null;
}

/** What `drain --json` prints; scripts rely on these fields. */
export interface DrainReport {
  readonly stack: string;
  /** Whether new tasks are refused now. */
  readonly draining: boolean;
  /** Whether the stack may be deleted: nothing is left, and nothing can come. */
  readonly safe: boolean;
  /** Boundaries whose execution was stopped by this command. */
  readonly ended: readonly string[];
  readonly open: readonly OpenBoundary[];
  readonly waitingForDeny: readonly WaitingBoundary[];
  /** Who drains, since when and why; null when nobody does, or the marker cannot be read. */
  readonly marker: { readonly since: string; readonly by: string; readonly reason: string } | null;
}

const openBoundary = (row: LedgerRow): OpenBoundary => ({
  boundaryId: row.boundaryId,
  phase: row.phase,
  executionArn: row.teardown?.executionArn ?? row.executionArn,
  requestedAt: iso(row.requestedAtMs),
  requestedBy: row.requestedBy.arn,
  credentialsUntil: iso(latestDeadlineMs(row)),
  error: row.postponed?.because ?? whatItWaitsFor(row),
});

/** A task that waits for people has no execution that could be stopped: it closes when they decide, or when their time is over. */
const whatItWaitsFor = (row: LedgerRow): string | null =>
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
    look,
    drain,
    ended,
  }: { safe: boolean; look: Look; drain: Drain | undefined; ended: readonly string[] },
): DrainReport {
  const unreadable = look.unreadable.map(({ boundaryId, fault }) => ({
    ...{ boundaryId, phase: UNREADABLE, error: fault },
    ...{ executionArn: null, requestedAt: null, requestedBy: null, credentialsUntil: null },
  }));
  return {
    stack,
    draining: drain !== undefined,
    safe,
    ended,
    open: [...look.open.map(openBoundary), ...unreadable],
    waitingForDeny: look.waiting.map(waitingBoundary),
    marker: markerOf(drain),
  };
}
