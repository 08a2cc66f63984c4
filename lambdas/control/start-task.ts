import { ExecutionAlreadyExists, StartExecutionCommand, type SFNClient } from '@aws-sdk/client-sfn';
import { TaskIdTaken } from '../../core/errors.ts';
import { movePhase, type LedgerRow } from '../../core/ledger.ts';
import { windowText } from '../../core/window-rule.ts';
import type { EvidenceLog } from './evidence-log.ts';
import type { Ledger } from './ledger.ts';

interface StartDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly executions: SFNClient;
}

/** What follows the row; each part does nothing when it was done before. */
export async function startTask(row: LedgerRow, on: StartDependencies): Promise<LedgerRow> {
  if (row.phase !== 'requested' && row.phase !== 'approved') return row;
  await on.evidence.append(row.boundaryId, {
    id: 'task.requested',
    type: 'task.requested',
    actor: row.requestedBy.arn,
    data: {
      taskType: row.taskType,
      reason: row.reason,
      parameters: row.parameters,
      ...(row.window && { window: windowText(row.window) }),
      requestDigest: row.requestDigest,
      grantDigest: row.grantDigest,
    },
  });
  const approved = await on.ledger.update(row.boundaryId, (now) =>
    now.phase === 'requested' ? movePhase(now, 'approved') : now,
  );
  await startExecution(approved, on);
  return approved;
}

async function startExecution(row: LedgerRow, { executions, ledger }: StartDependencies): Promise<void> {
  const stateMachineArn = row.executionArn.replace(':execution:', ':stateMachine:').replace(/:[^:]*$/, '');
  try {
    // The input says nothing: what the task is stands in the ledger, under the execution's own name.
    await executions.send(new StartExecutionCommand({ stateMachineArn, name: row.taskId, input: '{}' }));
  } catch (error) {
    if (!(error instanceof ExecutionAlreadyExists)) throw error;
    await demandRun(row, ledger);
  }
}

/** An execution of this name has ended. It was the task's if it got past `approved`; otherwise somebody took the name before. */
async function demandRun(row: LedgerRow, ledger: Ledger): Promise<void> {
  const now = await ledger.get(row.boundaryId);
  if (now && now.phase !== 'approved') return;
  throw new TaskIdTaken(
    `An execution named ${row.taskId} was started by hand before this task and has ended; the task cannot run under this id, and nothing was issued. Choose another id, or leave it out.`,
  );
}
