import { isWaiting } from '../core/approvals/approval.ts';
import type { LedgerRow } from '../core/ledger/ledger.ts';
import type { Phase } from '../core/ledger/phase.ts';
import { errorOf, resultOf } from './stack/row-outcome.ts';

/** The state and the outcome of a task. Unknown values are null. */
export interface TaskStatus {
  readonly boundaryId: string;
  readonly taskId: string;
  readonly type: string;
  /** `closed`: the task has ended, and its access with it. */
  readonly phase: Phase;
  readonly requester: string | null;
  /** Present while the task waits for approval. */
  readonly waitsFor: {
    /** What an approval approves: give it to `approve`. */
    readonly digest: string;
    readonly approvals: number;
    readonly quorum: number;
    readonly expiresAt: string;
  } | null;
  readonly outcome: 'succeeded' | 'failed' | null;
  readonly result: unknown;
  /** `<error's name>: <cause>` */
  readonly error: string | null;
  /** How it is known that access has ended. */
  readonly proof: 'refused' | 'nothing-issued' | 'expired' | null;
  readonly executionArn: string;
}

export const statusOf = (row: LedgerRow): TaskStatus => ({
  boundaryId: row.boundaryId,
  taskId: row.taskId,
  type: row.taskType,
  phase: row.phase,
  requester: row.requester ?? null,
  waitsFor: isWaiting(row)
    ? {
        digest: row.grantDigest,
        approvals: new Set(row.decisions?.map(({ person }) => person)).size,
        quorum: row.approval.quorum,
        expiresAt: new Date(row.approval.expiresAtMs).toISOString(),
      }
    : null,
  outcome: row.outcome ?? null,
  result: resultOf(row),
  error: errorOf(row),
  proof: row.proof?.kind ?? null,
  executionArn: row.executionArn,
});
