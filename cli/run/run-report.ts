import { EXECUTION_ENDED } from 'taskbound-evidence/names/execution-ended';
import { errorOf, errorText, resultOf } from '../../client/stack/row-outcome.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { EXIT, type ExitCode } from 'taskbound-evidence/command/exit-codes';

/** What `run --json` prints; scripts rely on these fields. Unknown values are null. */
export interface RunReport {
  readonly taskId: string;
  readonly boundaryId: string;
  readonly outcome: 'succeeded' | 'failed' | null;
  readonly phase: string | null;
  /** The status in Step Functions: SUCCEEDED, FAILED, ABORTED, TIMED_OUT. */
  readonly executionStatus: string | null;
  readonly result: unknown;
  /** `<error's name>: <cause>` */
  readonly error: string | null;
  readonly proof: 'refused' | 'nothing-issued' | 'expired' | null;
  /** The file that was written, or null. */
  readonly evidenceFile: string | null;
}

/** The error when the work succeeded and its execution did not: the execution was stopped after the work. */
const executionError = (status: string): string | null =>
  status === 'SUCCEEDED'
    ? null
    : `${EXECUTION_ENDED}: The work succeeded, but its execution ended as ${status} before it was complete.`;

/** The report from a task's row and its execution. The row takes precedence; the execution's error fills the gaps. */
export function reportOf(
  row: LedgerRow,
  execution: {
    readonly status: string;
    readonly error?: string | undefined;
    readonly cause?: string | undefined;
  },
): RunReport {
  const ended = execution.error === undefined ? null : errorText(execution.error, execution.cause ?? '');
  return {
    taskId: row.taskId,
    boundaryId: row.boundaryId,
    outcome: row.outcome ?? null,
    phase: row.phase,
    executionStatus: execution.status,
    result: resultOf(row),
    error: row.outcome === 'succeeded' ? executionError(execution.status) : (errorOf(row) ?? ended),
    proof: row.proof?.kind ?? null,
    evidenceFile: null,
  };
}

/** The report when the state of a submitted task cannot be read: its boundary is not proven closed. */
export const unknownReport = (
  task: { readonly taskId: string; readonly boundaryId: string },
  error: string,
): RunReport => ({
  taskId: task.taskId,
  boundaryId: task.boundaryId,
  outcome: null,
  phase: null,
  executionStatus: null,
  result: null,
  error,
  proof: null,
  evidenceFile: null,
});

/** `done` only when the boundary is closed with a proof and both the work and its execution succeeded. */
export function exitCodeOfRun(report: RunReport): ExitCode {
  if (report.phase !== 'closed' || report.proof === null) return EXIT.unproven;
  return report.outcome === 'succeeded' && report.executionStatus === 'SUCCEEDED' ? EXIT.done : EXIT.failed;
}
