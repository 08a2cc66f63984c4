import type { DecisionRecord } from '../ledger/people-records.ts';
import type { LedgerRow, RowIn } from '../ledger/ledger.ts';
import { movePhase } from '../ledger/move-phase.ts';
import { isEnding } from '../ledger/phase.ts';
import { isAmong } from './people.ts';
import type { TaskTypeConfig } from '../task-types/task-type.ts';

/** The parts of a task type's configuration that decisions need. */
type DecisionConfig = Pick<TaskTypeConfig, 'people' | 'approval' | 'emergency'>;

/** The row of a task that waits for approval. */
type WaitingRow = RowIn<'requested'> & { readonly approval: NonNullable<LedgerRow['approval']> };

/** Whether the task waits for approval. While it waits, nothing runs and nothing is issued. */
export const isWaiting = (row: LedgerRow): row is WaitingRow =>
  row.phase === 'requested' && row.approval !== undefined && row.rejection === undefined;

/**
 * The earliest time at which the execution could start: the time of the request, the approval, the refusal or
 * the expiry.
 */
export function settledAtMs(row: LedgerRow): number {
  const undecidedMs = row.approval?.expiresAtMs ?? row.requestedAtMs;
  return row.approvedAtMs ?? row.decisions?.find(isRefusal)?.atMs ?? undecidedMs;
}

const isRefusal = ({ decision }: DecisionRecord): boolean => decision === 'refuse';

/**
 * The people whose approvals count now, computed from the row each time. Each person counts once. An approval
 * counts only if the person is not the requester, it is for exactly this grant, it was given before the expiry,
 * and it was given with a personal role that still may decide.
 */
export function approversOf(row: LedgerRow, { people }: Pick<DecisionConfig, 'people'>): readonly string[] {
  const counted = (row.decisions ?? []).filter(
    ({ decision, person, roleArn, grantDigest, atMs }) =>
      decision === 'approve' &&
      person !== row.requester &&
      grantDigest === row.grantDigest &&
      atMs < (row.approval?.expiresAtMs ?? 0) &&
      people.decide.some((role) => role.personal && isAmong(roleArn, role)),
  );
  return row.requester === undefined ? [] : [...new Set(counted.map(({ person }) => person))];
}

/** Why the task lacks approval, or undefined. `Admit` and `IssueIdentity` check this each time. */
export function approvalFault(row: LedgerRow, config: DecisionConfig): string | undefined {
  // The higher of the requested and the deployed quorum: lowering a type's quorum does not release a task
  // that waits for more approvals.
  const quorum = Math.max(config.approval?.quorum ?? 0, row.approval?.quorum ?? 0);
  if (quorum === 0) return undefined;
  if (row.emergency !== undefined)
    return config.emergency ? undefined : 'its type does not allow emergencies any more';
  const { length } = approversOf(row, config);
  if (length >= quorum) return undefined;
  return `it needs ${quorum} ${quorum === 1 ? 'approval' : 'approvals'}, and ${length} of what it has ${length === 1 ? 'counts' : 'count'} for what would be granted now`;
}

/**
 * Why a decision is refused. Scripts and the ids of evidence events depend on `code`; `because` is for people.
 */
export interface DecisionFault {
  readonly code: 'not-waiting' | 'expired' | 'other-grant' | 'requester' | 'already-decided';
  readonly because: string;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/**
 * Why this decision is refused, or undefined. `grantChange`: why a grant made now would differ from the
 * requested one, or undefined.
 */
export function decisionFault(
  row: LedgerRow,
  made: DecisionRecord,
  grantChange: string | undefined,
): DecisionFault | undefined {
  const earlier = (row.decisions ?? []).find(({ person }) => person === made.person);
  if (earlier !== undefined && (made.decision === 'approve' || isRefusal(earlier))) {
    const what = isRefusal(earlier) ? 'refused' : 'approved';
    const because = `${made.person} ${what} it already, at ${iso(earlier.atMs)}; each person counts once`;
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
  return made.decision === 'refuse' ? undefined : grantFaultOf(row, made, grantChange);
}

function grantFaultOf(
  row: LedgerRow,
  { grantDigest }: DecisionRecord,
  grantChange: string | undefined,
): DecisionFault | undefined {
  if (grantDigest !== row.grantDigest)
    return {
      code: 'other-grant',
      because: `the decision is about the grant ${grantDigest}, but what was asked for is ${row.grantDigest}; look at it again`,
    };
  return grantChange === undefined
    ? undefined
    : { code: 'other-grant', because: `what was asked for is not what would be granted now: ${grantChange}` };
}

function notWaiting(row: LedgerRow): string {
  if (row.rejection !== undefined)
    return `it was refused or rejected and will not run: ${row.rejection.cause}`;
  if (isEnding(row.phase)) return `it has ended (${row.phase})`;
  return row.approval === undefined
    ? `it needs no approval (it is ${row.phase})`
    : `it is approved already (${row.phase})`;
}

/** The row with a valid decision added. A refusal is final; the approval that completes the quorum lets the task start. */
export function withDecision(row: WaitingRow, made: DecisionRecord, config: DecisionConfig): LedgerRow {
  const decided: WaitingRow = { ...row, decisions: [...(row.decisions ?? []), made] };
  if (made.decision === 'refuse') {
    const cause = `Task ${row.boundaryId} was refused by ${made.person}: ${made.reason}. Submit it again under a new id.`;
    return { ...decided, rejection: { error: 'TaskRejected', cause, by: 'refusal' } };
  }
  if (approvalFault(decided, config) !== undefined) return decided;
  return movePhase(decided, 'approved', { approvedAtMs: made.atMs });
}

/** The row of a task that did not get enough approvals in time. */
export function withExpiry(row: WaitingRow): LedgerRow {
  const { quorum, expiresAtMs } = row.approval;
  const had = new Set(row.decisions?.map(({ person }) => person)).size;
  const cause = `Task ${row.boundaryId} had ${had} of ${quorum} approvals when they expired at ${iso(expiresAtMs)}. Submit it again under a new id.`;
  return { ...row, rejection: { error: 'TaskRejected', cause, by: 'expiry' } };
}
