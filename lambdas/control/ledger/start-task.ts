import { ExecutionAlreadyExists, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from 'taskbound-time/clock';
import { TaskIdTaken } from '../../../core/shared/errors.ts';
import { isWaiting } from '../../../core/approvals/approval.ts';
import { movePhase } from '../../../core/ledger/move-phase.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { EvidenceLog } from '../evidence/evidence-log.ts';
import type { Ledger } from './ledger.ts';
import { recordPeople } from '../evidence/record-people.ts';
import { openReview } from '../evidence/reviews.ts';

interface StartDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly executions: SFNClient;
  readonly clock: Clock;
  /** Gets the metric of an emergency. */
  readonly print: (line: string) => void;
}

/**
 * Continues a task from its row; each part has no effect when it is repeated. A task that waits for approval
 * is only recorded: its execution is started once enough people approved it, or to close it after a refusal
 * or an expiry.
 */
export async function startTask(row: LedgerRow, deps: StartDependencies): Promise<LedgerRow> {
  if (row.phase !== 'requested' && row.phase !== 'approved') return row;
  await recordPeople(row, deps.evidence);
  if (isWaiting(row)) return row;
  if (row.emergency !== undefined) await openReview(row, deps);
  const ready = row.rejection === undefined ? await approve(row, deps.ledger) : row;
  await startExecution(ready, deps);
  return ready;
}

const approve = (row: LedgerRow, ledger: Ledger): Promise<LedgerRow> =>
  ledger.update(row.boundaryId, (now) =>
    now.phase === 'requested' && !isWaiting(now) && now.rejection === undefined
      ? movePhase(now, 'approved', {})
      : now,
  );

async function startExecution(row: LedgerRow, { executions, ledger }: StartDependencies): Promise<void> {
  const stateMachineArn = row.executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
  try {
    // The input is empty: the ledger has the task, under the execution's own name.
    await executions.send(new StartExecutionCommand({ stateMachineArn, name: row.taskId, input: '{}' }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    await assertRun(row, ledger);
  }
}

/**
 * An execution of this name has ended. It was the task's own if the row has moved on; otherwise it was
 * started by hand before.
 */
async function assertRun(row: LedgerRow, ledger: Ledger): Promise<void> {
  const now = await ledger.get(row.boundaryId);
  if (now && now.phase !== row.phase) return;
  throw new TaskIdTaken(
    `An execution named ${row.taskId} was started by hand before this task and has ended; the task cannot run under this id, and nothing was issued. Choose another id, or leave it out.`,
  );
}
