import { OutOfLeases, OutOfTime } from '../shared/errors.ts';
import type { IssuingRow, LedgerRow } from './ledger.ts';

/**
 * Leases of one task at most. Each is a version of its session secret, of which Secrets Manager keeps about 100; the proof reads them all.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
 */
export const MAX_LEASES = 100;

/** When the last lease's deadline passes, milliseconds; 0 when there is none. */
export const latestDeadlineMs = ({ leases }: Pick<LedgerRow, 'leases'>): number =>
  Math.max(0, ...leases.map((lease) => lease.deadlineMs));

/**
 * The row with its last moment, which is fixed when the first thing is issued: nothing of the task has a later deadline, however many
 * leases it takes, and none passes the end of its window. Whole seconds, rounded down, as deadlines are written.
 */
export function withTaskDeadline(row: IssuingRow, nowMs: number): IssuingRow {
  if (row.taskDeadlineMs !== undefined) return row;
  const lastMs = Math.min(
    nowMs + (row.taskSeconds ?? row.leaseSeconds) * 1000,
    row.window?.closesAtMs ?? Infinity,
  );
  return { ...row, taskDeadlineMs: Math.floor(lastMs / 1000) * 1000 };
}

/**
 * The deadline of a lease that is issued now: its seconds from now, and never after the task's last moment. Throws `OutOfTime` when the
 * lease would be too short for a run of the work, and `OutOfLeases` when the task had as many as it may.
 */
export function nextDeadlineMs(
  row: LedgerRow,
  { leaseSeconds, workSeconds }: { readonly leaseSeconds: number; readonly workSeconds: number },
  nowMs: number,
): number {
  const { boundaryId, leases, taskDeadlineMs = Infinity } = row;
  if (leases.length >= MAX_LEASES)
    throw new OutOfLeases(
      `No lease for ${boundaryId}: it had ${leases.length}, and a task may have ${MAX_LEASES}. Let a run do more before it hands on, with a longer timeout of the work.`,
    );
  const leftMs = taskDeadlineMs - nowMs;
  if (leftMs < workSeconds * 1000)
    throw new OutOfTime(
      `No lease for ${boundaryId}: ${Math.max(0, leftMs / 1000)} s are left until its last moment, ${new Date(taskDeadlineMs).toISOString()}; a run of its work may take ${workSeconds} s. What it did so far stands. Submit it again, or give its type a longer taskTimeout.`,
    );
  return Math.min(Math.floor(nowMs / 1000) * 1000 + leaseSeconds * 1000, taskDeadlineMs);
}
