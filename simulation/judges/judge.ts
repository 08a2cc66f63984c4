import { asEventOfType } from 'taskbound-evidence/events/event-of-type';
import { dueAtMs } from '../../core/ledger/due.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { isAtLeast } from '../../core/ledger/phase.ts';
import type { Adversary, TaskSession } from './adversary.ts';
import { endsFromMs, judgeDeadlines, judgeEarlyEnd, judgeRuns } from './judge-people.ts';
import { firstMs, type Case } from './case.ts';
import { judgeEvidence, judgeSignature } from './judge-evidence.ts';
import type { Monitor } from './monitor.ts';
import type { ReportViolation, Violation } from './violation.ts';
import type { Observed } from './witness.ts';
import type { World } from '../world/world.ts';

/** The maximum time from the last fault until the boundary is closed. */
export const CLOSED_WITHIN_MS = 600_000;
/** The maximum time from the latest deadline until the boundary is closed, if the deny was not effective. */
const AFTER_DEADLINE_MS = 120_000;
/** The maximum time until a boundary is swept after it can be. The reconciler runs every minute, and pauses after failed attempts. */
export const SWEPT_WITHIN_MS = 480_000;

export interface Judged {
  readonly violations: readonly Violation[];
  readonly closed: number;
  /** The longest time in seconds from the last fault, or from the end of the task if that is later, until its boundary was closed. */
  readonly maxSecondsToClosed: number;
}

/** The watchers of the run. */
export interface Watched {
  readonly adversary: Adversary;
  readonly monitor: Monitor;
  /** The boundaries whose work function returned that it is done. */
  readonly workDone: ReadonlySet<string>;
}

/** Judges a finished world by what the embedded AWS contains and by the calls that were observed. */
export function judge(world: World, { adversary, monitor, workDone }: Watched): Judged {
  const violations: Violation[] = [];
  const report = (invariant: number, message: string) => void violations.push({ invariant, message });
  const sessions = adversary.sessions();
  const cases = [...world.witness.rows].map(([boundaryId, rows]) =>
    caseOf(world, boundaryId, rows, sessions),
  );
  for (const each of cases) {
    judgeClosing(each, report);
    judgeProof(each, report);
    judgeLateIssue(each, report);
    judgeEvidence(each, report);
    judgeSignature(each, report);
    judgeSuccess(each, workDone, report);
    judgeReadLag(each, report);
    judgeEarlyEnd({ ...each, ...monitor.denialOf(each.boundaryId) }, report);
    judgeDeadlines(
      each,
      each.sessions.map(({ policyDeadlineMs }) => policyDeadlineMs),
      report,
    );
  }
  judgeLeftovers(world, report);
  judgeRunWork(world, report);
  judgeRuns(world, report);
  for (const defect of world.defects) report(0, `the embedded AWS has a defect: ${String(defect)}`);
  return {
    violations,
    closed: cases.filter(({ closedMs }) => closedMs !== undefined).length,
    maxSecondsToClosed: Math.max(0, ...cases.map(secondsToClosed)),
  };
}

function caseOf(
  world: World,
  boundaryId: string,
  rows: readonly Observed<LedgerRow>[],
  sessions: readonly TaskSession[],
): Case {
  const row = rows.at(-1)?.what;
  if (row === undefined) throw new RangeError(`${boundaryId} has no row.`);
  const events = world.witness.events.get(boundaryId) ?? [];
  return {
    world,
    boundaryId,
    rows,
    row,
    sessions: sessions.filter((session) => session.boundaryId === boundaryId),
    closedMs: events.find(({ what }) => what.type === 'boundary.closed')?.atMs,
  };
}

const revokingMs = ({ rows }: Case): number => firstMs(rows, ({ phase }) => isAtLeast(phase, 'revoking'));

const latestDeadlineMs = ({ row }: Case): number =>
  Math.max(0, ...row.leases.map(({ deadlineMs }) => deadlineMs));

function secondsToClosed(of: Case): number {
  if (of.closedMs === undefined) return 0;
  const { lastMs } = of.world.injector;
  return Math.max(0, of.closedMs - Math.max(lastMs, Math.min(revokingMs(of), of.closedMs))) / 1000;
}

/** Invariant 2, first half. */
function judgeClosing(of: Case, report: ReportViolation): void {
  const { world, boundaryId, row, closedMs } = of;
  const requestedMs = of.rows[0]?.atMs ?? 0;
  const faultsMs = Math.max(world.injector.lastMs, requestedMs, endsFromMs(row, requestedMs));
  const isDenied = row.leases.length === 0 || row.deny?.effective === true;
  const limitMs = Math.max(
    faultsMs + CLOSED_WITHIN_MS,
    isDenied ? 0 : latestDeadlineMs(of) + AFTER_DEADLINE_MS,
  );
  if (closedMs === undefined) return report(2, `${boundaryId} is ${row.phase} and was never closed`);
  if (row.phase !== 'closed') report(2, `the evidence of ${boundaryId} is closed, its row is ${row.phase}`);
  if (closedMs > limitMs) report(2, `${boundaryId} was closed ${(closedMs - limitMs) / 1000} s too late`);
  if (row.due !== undefined) report(2, `${boundaryId} is still due`);
  judgeExecutionEnd(of, report);
}

/** An execution that was not stopped must run its tail: it ends after its boundary is closed, or fails with `BoundaryUnproven`. */
function judgeExecutionEnd(
  { world, boundaryId, row, closedMs = Infinity }: Case,
  report: ReportViolation,
): void {
  const execution = world.aws.states.execution(row.executionArn);
  if (execution === undefined || execution.redriveCount > 0) return;
  const { status, error, stopMs = Infinity } = execution;
  const isItsOwn = status === 'SUCCEEDED' || (status === 'FAILED' && error !== 'BoundaryUnproven');
  if (isItsOwn && closedMs > stopMs)
    report(2, `the execution of ${boundaryId} ended (${error ?? status}) without its tail`);
}

/** Invariant 3. */
function judgeProof(of: Case, report: ReportViolation): void {
  const { boundaryId, closedMs, row, sessions, world } = of;
  if (closedMs === undefined) return;
  const proven = world.witness.events.get(boundaryId)?.find(({ what }) => what.type === 'revocation.proven');
  if (proven === undefined) return report(3, `${boundaryId} was closed without a proof`);
  if (proven.atMs > closedMs) report(3, `${boundaryId} was closed before it was proven`);
  const kind = asEventOfType(proven.what, 'revocation.proven')?.data.proof;
  if (kind === 'nothing-issued' && (sessions.length > 0 || row.leases.length > 0))
    report(3, `${boundaryId} is proven nothing-issued, and a lease was intended or a session made`);
  if (kind === 'expired' && proven.atMs < latestDeadlineMs(of))
    report(3, `${boundaryId} is proven expired before its deadline`);
  if (kind === 'refused') judgeRefused(of, proven.atMs, report);
}

/** After the teardown has started, each session must be tried with the canary call and refused at least three times. */
function judgeRefused(of: Case, provenMs: number, report: ReportViolation): void {
  const sinceMs = revokingMs(of);
  for (const { accessKeyId } of of.sessions) {
    const uses = of.world.witness.uses.filter(
      ({ atMs, what }) =>
        what.accessKeyId === accessKeyId && what.operation === 'DescribeSecret' && atMs >= sinceMs,
    );
    const refusals = uses.filter(({ atMs, what }) => what.error !== undefined && atMs <= provenMs);
    const REFUSED = /^(AccessDenied|ExpiredToken)/;
    if (refusals.filter(({ what }) => REFUSED.test(what.error ?? '')).length < 3)
      report(
        3,
        `${of.boundaryId} is proven refused, but one of its keys was refused ${refusals.length} times`,
      );
  }
}

/** Invariant 4: a session that was created after the end started makes no successful call except the canary call. */
function judgeLateIssue(of: Case, report: ReportViolation): void {
  const sinceMs = revokingMs(of);
  for (const { accessKeyId, issuedAtMs } of of.sessions) {
    if (issuedAtMs <= sinceMs) continue;
    const used = of.world.witness.uses.find(
      ({ what }) =>
        what.accessKeyId === accessKeyId && what.operation !== 'DescribeSecret' && what.error === undefined,
    );
    if (used)
      report(4, `${of.boundaryId} used a session that was issued after its end: ${used.what.operation}`);
  }
  const { secretsMade, valuesPut } = of.world.witness;
  const made = [...secretsMade, ...valuesPut.map(({ atMs, what }) => ({ atMs, what: what.name }))];
  const late = made.find(
    ({ atMs, what }) => what.includes(`/${of.boundaryId}/`) && atMs > (of.closedMs ?? Infinity),
  );
  if (late)
    report(4, `${of.boundaryId} was closed, and then ${late.what.split('/').at(-1) ?? ''} was made for it`);
}

/** Invariant 8. */
function judgeSuccess(of: Case, workDone: ReadonlySet<string>, report: ReportViolation): void {
  const { boundaryId, world, row, closedMs } = of;
  const execution = world.aws.states.execution(row.executionArn);
  const isReportedSuccess = execution?.status === 'SUCCEEDED' || row.outcome === 'succeeded';
  if (!isReportedSuccess) return;
  if (!workDone.has(boundaryId)) report(8, `${boundaryId} succeeded, but its work did not`);
  if (execution?.status === 'SUCCEEDED' && (closedMs === undefined || closedMs > (execution.stopMs ?? 0)))
    report(8, `${boundaryId} succeeded before its boundary was closed`);
}

/** Invariant 15, first half: what is unknown for a moment fails no task. */
function judgeReadLag({ boundaryId, world, row }: Case, report: ReportViolation): void {
  if (world.schedule.faults.some(({ kind }) => kind !== 'reads')) return;
  if (row.outcome !== 'succeeded')
    report(15, `${boundaryId} is ${row.outcome ?? row.phase}, although nothing but reads were late`);
}

/** Invariant 2, second half: nothing is left. Judged at the end of a run, when the time limits have passed. */
function judgeLeftovers(world: World, report: ReportViolation): void {
  const { aws, clock, witness } = world;
  const nowMs = clock.nowMs();
  for (const { name, gone, deletedMs } of aws.secrets.store.all())
    if (name.startsWith('taskbound/') && gone === undefined && deletedMs === undefined)
      report(2, `the secret ${name.replace(/[0-9a-f]{32}/, '…')} is left`);
  const denies = aws.iam.inlinePolicies(world.taskRoleName, nowMs).map(({ name }) => name);
  for (const name of denies.filter((each) => each.startsWith('taskbound-deny-')))
    if (Number(name.split('-').at(-1)) * 1000 < nowMs - SWEPT_WITHIN_MS)
      report(2, `the deny ${name} is overdue`);
  for (const { atMs, what } of witness.removedDenies) {
    const deadlineMs = Number(what.policyName.split('-').at(-1)) * 1000;
    if (atMs < deadlineMs) report(2, `the deny ${what.policyName} was lifted before its deadline`);
  }
}

/** Invariant 7. */
function judgeRunWork(world: World, report: ReportViolation): void {
  const starts = world.aws.states.executions().flatMap(startsOfWork);
  for (const [boundaryId, own] of Map.groupBy(starts, (start) => start.boundaryId)) {
    const { size } = new Set(own.map(({ execution }) => execution));
    if (size > 1) report(7, `${size} executions did the work of ${boundaryId}`);
  }
  for (const { length } of Map.groupBy(starts, (start) => start.session).values())
    if (length > 1) report(7, `RunWork was started ${length} times for one lease`);
}

type Execution = ReturnType<World['aws']['states']['executions']>[number];

/** The starts of the work function. It is the only function that receives a session. */
const startsOfWork = ({ arn, events }: Execution) =>
  events.flatMap(({ taskScheduledEventDetails: task }) => {
    const parameters = task?.parameters ?? '';
    const session = textIn(parameters, 'sessionVersionId');
    return session === undefined
      ? []
      : [{ execution: arn, session, boundaryId: textIn(parameters, 'boundaryId') ?? '' }];
  });

const textIn = (json: string, name: string): string | undefined =>
  new RegExp(`"${name}":"([^"]+)"`).exec(json)?.[1];

/** Whether the world is finished: all boundaries are closed and swept, and nothing runs. */
export function isIdle(world: World): boolean {
  const rows = [...world.witness.rows.values()].map((each) => each.at(-1)?.what);
  return (
    rows.every((row) => row !== undefined && row.phase === 'closed' && dueAtMs(row) === undefined) &&
    world.aws.states.executions().every(({ status }) => status !== 'RUNNING')
  );
}
