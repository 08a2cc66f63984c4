import type { DecisionRecord } from '../ledger/people-records.ts';
import type { LedgerRow, RowIn } from '../ledger/ledger.ts';
import { movePhase } from '../ledger/move-phase.ts';
import { isEnding } from '../ledger/phase.ts';
import type { TaskTypeConfig } from '../task-types/task-type.ts';

/** What a decision needs of a type. */
type Deciders = Pick<TaskTypeConfig, 'people' | 'approval' | 'emergency'>;

/** The row of a task that waits for approval. */
type WaitingRow = RowIn<'requested'> & { readonly approval: NonNullable<LedgerRow['approval']> };

/** Whether the task waits for people: nothing of it runs, and nothing is issued. */
export const isWaiting = (row: LedgerRow): row is WaitingRow =>
  row.phase === 'requested' && row.approval !== undefined && row.rejection === undefined;

/** Since when the task's execution could have been started, or be about to: when it was asked for, approved, refused or gave up waiting. */
export function settledAtMs(row: LedgerRow): number {
  const undecidedMs = row.approval?.expiresAtMs ?? row.requestedAtMs;
  return row.approvedAtMs ?? row.decisions?.find(isRefusal)?.atMs ?? undecidedMs;
}

const isRefusal = ({ decision }: DecisionRecord): boolean => decision === 'refuse';

/**
 * The people whose approvals count now, counted anew from the row: each once, never the requester, for this very grant, in time, and still
 * in a personal role that may decide. An approval for another grant counts for nothing.
 */
export function approversOf(row: LedgerRow, { people }: Pick<Deciders, 'people'>): readonly string[] {
  const counted = (row.decisions ?? []).filter(
    ({ decision, person, roleArn, grantDigest, atMs }) =>
      decision === 'approve' &&
      person !== row.requester &&
      grantDigest === row.grantDigest &&
      atMs < (row.approval?.expiresAtMs ?? 0) &&
      people.decide.some((role) => role.personal && role.roleArn === roleArn),
  );
  return row.requester === undefined ? [] : [...new Set(counted.map(({ person }) => person))];
}

/** Why the task may not run as far as people are concerned, or undefined. What `Admit` and `IssueIdentity` ask each time. */
export function approvalFault(row: LedgerRow, config: Deciders): string | undefined {
  // The higher of what was asked for and what is deployed: a type that needs less by now does not let through what waits for more.
  const quorum = Math.max(config.approval?.quorum ?? 0, row.approval?.quorum ?? 0);
  if (quorum === 0) return undefined;
  if (row.emergency !== undefined)
    return config.emergency ? undefined : 'its type does not allow emergencies any more';
  const { length } = approversOf(row, config);
  if (length >= quorum) return undefined;
  return `it needs ${quorum} ${quorum === 1 ? 'approval' : 'approvals'}, and ${length} of what it has ${length === 1 ? 'counts' : 'count'} for what would be granted now`;
}

/** Why a decision is refused: a word that scripts and the evidence's ids can rely on, and a sentence. */
export interface DecisionFault {
  readonly code: 'not-waiting' | 'expired' | 'other-grant' | 'requester' | 'already-decided';
  readonly because: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Why this decision may not stand, or undefined. `nowFault` is why the grant is no longer what was asked for, if it is not. */
export function decisionFault(
  row: LedgerRow,
  made: DecisionRecord,
  nowFault: string | undefined,
): DecisionFault | undefined {
  const standing = (row.decisions ?? []).find(({ person }) => person === made.person);
  if (standing !== undefined && (made.decision === 'approve' || isRefusal(standing))) {
    const what = isRefusal(standing) ? 'refused' : 'approved';
    const because = `${made.person} ${what} it already, at ${iso(standing.atMs)}; each person counts once`;
    return { code: 'already-decided', because };
  }
  if (!isWaiting(row)) return { code: 'not-waiting', because: notWaiting(row) };
  if (made.atMs >= row.approval.expiresAtMs)
    return { code: 'expired', because: `it could be approved until ${iso(row.approval.expiresAtMs)} only` };
  if (row.requester === undefined || made.person === row.requester)
    return {
      code: 'requester',
      because: `${made.person} asked for it; somebody else must decide`,
    };
  return made.decision === 'refuse' ? undefined : grantFaultOf(row, made, nowFault);
}

function grantFaultOf(
  row: LedgerRow,
  { grantDigest }: DecisionRecord,
  nowFault: string | undefined,
): DecisionFault | undefined {
  if (grantDigest !== row.grantDigest)
    return {
      code: 'other-grant',
      because: `the decision is about the grant ${grantDigest}, but what was asked for is ${row.grantDigest}; look at it again`,
    };
  return nowFault === undefined
    ? undefined
    : { code: 'other-grant', because: `what was asked for is not what would be granted now: ${nowFault}` };
}

function notWaiting(row: LedgerRow): string {
  if (row.rejection !== undefined)
    return `it was refused or rejected and will not run: ${row.rejection.cause}`;
  if (isEnding(row.phase)) return `it has ended (${row.phase})`;
  return row.approval === undefined
    ? `it needs no approval (it is ${row.phase})`
    : `it is approved already (${row.phase})`;
}

/** The row with a decision that may stand: a refusal is final, and the approval that completes the quorum lets the task begin. */
export function withDecision(row: WaitingRow, made: DecisionRecord, config: Deciders): LedgerRow {
  const decided: WaitingRow = { ...row, decisions: [...(row.decisions ?? []), made] };
  if (made.decision === 'refuse') {
    const cause = `Task ${row.boundaryId} was refused by ${made.person}: ${made.reason}. Submit it again under a new id.`;
    return { ...decided, rejection: { error: 'TaskRejected', cause, by: 'refusal' } };
  }
  if (approvalFault(decided, config) !== undefined) return decided;
  return movePhase(decided, 'approved', { approvedAtMs: made.atMs });
}

/** The row of a task for which nobody, or not enough people, decided in time. */
export function withExpiry(row: WaitingRow): LedgerRow {
  const { quorum, expiresAtMs } = row.approval;
  const had = new Set(row.decisions?.map(({ person }) => person)).size;
  const cause = `Task ${row.boundaryId} had ${had} of ${quorum} approvals when they expired at ${iso(expiresAtMs)}. Submit it again under a new id.`;
  return { ...row, rejection: { error: 'TaskRejected', cause, by: 'expiry' } };
}
