import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { ReportViolation } from './violation.ts';
import type { World } from '../world/world.ts';

/** When one task and its access ended. */
export interface Ending {
  readonly world: World;
  readonly boundaryId: string;
  readonly row: LedgerRow;
  /** When all calls with its credentials were refused for the first time after its end had started, if known. */
  readonly deniedMs: number | undefined;
  /** How long IAM's changes take at most, milliseconds. */
  readonly policyDelayMs: number;
}

/** The maximum time from the answer that a task is ended until its credentials are refused, in addition to IAM's delay. */
const DENIED_WITHIN_MS = 30_000;

/**
 * The time from which the limits for closing a task count: when it was ended, refused, or not approved in time. If none of these happened,
 * the time when it could start: it was requested and approved, and its window was open.
 */
export function endsFromMs(row: LedgerRow, requestedMs: number): number {
  if (row.ended !== undefined) return row.ended.atMs;
  const refusedMs = row.decisions?.find(({ decision }) => decision === 'refuse')?.atMs;
  if (row.approval !== undefined && row.approvedAtMs === undefined)
    return refusedMs ?? row.approval.expiresAtMs;
  return Math.max(row.approvedAtMs ?? requestedMs, row.window?.opensAtMs ?? 0);
}

/** Invariant 12: a person can rely on the answer that a task is ended. */
export function judgeEarlyEnd(of: Ending, report: ReportViolation): void {
  const { world, boundaryId, row, deniedMs, policyDelayMs } = of;
  const answeredEnd = world.people.calls.find(
    ({ what, status, boundaryId: of }) => what === 'end' && status === 200 && of === boundaryId,
  );
  if (answeredEnd?.answeredMs === undefined) return;
  if (row.ended === undefined)
    report(12, `${answeredEnd.person} was told that ${boundaryId} is ended, and its row does not say so`);
  if (row.outcome === 'succeeded') report(12, `${boundaryId} was ended, and succeeded`);
  const limitMs = Math.max(answeredEnd.answeredMs, world.injector.lastMs) + policyDelayMs + DENIED_WITHIN_MS;
  if (row.deny?.effective === true && (deniedMs ?? Infinity) > limitMs)
    report(12, `${boundaryId} was ended, and its credentials were good for too long`);
}

/** Invariant 11, by the session's own policy: no credential lasts longer than the window. */
export function judgeDeadlines(
  { boundaryId, row }: Pick<Ending, 'boundaryId' | 'row'>,
  deadlinesMs: readonly number[],
  report: ReportViolation,
): void {
  const closesAtMs = row.window?.closesAtMs ?? Infinity;
  if (deadlinesMs.some((each) => each > closesAtMs))
    report(11, `a session of ${boundaryId} lasts longer than its window`);
}

/** Invariant 13: a schedule's run is one task, even if it is delivered several times. */
export function judgeRuns(world: World, report: ReportViolation): void {
  if (world.schedule.task !== 'scheduled') return;
  const { rows } = world.witness;
  if (rows.size > 1)
    report(13, `one run of a schedule became ${rows.size} tasks: ${[...rows.keys()].join(', ')}`);
  const executions = world.aws.states
    .executions()
    .filter(({ stateMachineArn }) => stateMachineArn === world.machineArn('task')).length;
  if (executions > 1) report(13, `one run of a schedule became ${executions} executions`);
}
