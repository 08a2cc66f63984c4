import type { IAMClient } from '@aws-sdk/client-iam';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { Clock } from '../../core/clock.ts';
import { decideReconcile, ownerOf, type ReconcileStep } from '../../core/reconcile.ts';
import type { LedgerRow } from '../../core/ledger.ts';
import type { EvidenceLog } from '../control/evidence-log.ts';
import type { Ledger } from '../control/ledger.ts';
import { log } from '../control/log.ts';
import { startTask } from '../control/start-task.ts';
import { liftDeny } from './lift-deny.ts';
import { ownerState } from './owner-state.ts';
import { startTeardown } from './start-teardown.ts';

export interface ReconcileDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly executions: SFNClient;
  readonly iam: IAMClient;
  readonly clock: Clock;
  readonly teardownMachineArn: string;
}

/** Rows a run looks at; what is left is due in the next one. */
export const ROWS_A_RUN = 50;

/** Looks at one boundary and does what its row and its execution call for. Unknown boundaries are not ours. */
export async function reconcileOne(boundaryId: string, on: ReconcileDependencies): Promise<ReconcileStep> {
  const row = await on.ledger.get(boundaryId);
  if (row === undefined) return { do: 'nothing', because: 'no task of that name was submitted' };
  const owner = row.phase === 'closed' ? 'ended' : await ownerState(on.executions, ownerOf(row));
  const step = decideReconcile(row, owner, on.clock.nowMs());
  log('info', `reconcile: ${step.do}`, { boundaryId, phase: row.phase, because: step.because });
  await carryOut(step, row, on);
  return step;
}

async function carryOut(step: ReconcileStep, row: LedgerRow, on: ReconcileDependencies): Promise<unknown> {
  switch (step.do) {
    case 'nothing':
      return undefined;
    case 'wait':
      return on.ledger.update(row.boundaryId, (now) => ({ ...now })); // writing it moves the next look
    case 'start':
      return startTask(row, on);
    case 'teardown':
      return startTeardown(row, step.attempt, on);
    case 'lift-deny':
      return liftDeny(row, on);
  }
}

/** Looks at every row whose time has come, each on its own: one that fails is logged and is still due in the next run. */
export async function reconcileDue(on: ReconcileDependencies): Promise<{ looked: number; failed: number }> {
  const due = await on.ledger.due(ROWS_A_RUN);
  let failed = 0;
  for (const boundaryId of due) {
    await reconcileOne(boundaryId, on).catch((error: unknown) => {
      failed += 1;
      log('error', 'reconcile failed', {
        boundaryId,
        error: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      });
    });
  }
  return { looked: due.length, failed };
}
