import { describeError } from 'taskbound-evidence/describe-error';
import { failuresBefore, pauseAfterMs } from '../../core/ledger/due.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { decideReconcile, ownerOf, type ReconcileStep } from '../../core/reconcile/reconcile.ts';
import { log } from '../control/function/log.ts';
import { startTask } from '../control/ledger/start-task.ts';
import { announceClosed } from './announce-closed.ts';
import type { ReconcileDependencies } from './deps.ts';
import { expire } from './expire.ts';
import { ownerState } from './owner-state.ts';
import { startTeardown } from '../control/ledger/start-teardown.ts';
import { sweep } from './sweep.ts';
import { announceUnproven } from './announce-unproven.ts';

/**
 * Reconciles one boundary: decides from its row and its execution, and acts. Ignores a boundary without a
 * row. `seen` gets the row before any action, and again after an execution that gave up was recorded.
 */
export async function reconcileOne(
  boundaryId: string,
  deps: ReconcileDependencies,
  seen: (row: LedgerRow) => void = () => undefined,
): Promise<ReconcileStep> {
  const found = await deps.ledger.get(boundaryId);
  if (found === undefined) return { do: 'nothing', because: 'no task of that name was submitted' };
  seen(found);
  try {
    const owner = found.phase === 'closed' ? 'ended' : await ownerState(deps.executions, ownerOf(found));
    const row = await announceUnproven(found, owner, deps);
    seen(row);
    const step = decideReconcile(row, owner, deps.clock.nowMs());
    log('info', `reconcile: ${step.do}`, { boundaryId, phase: row.phase, because: step.because });
    await carryOut(step, row, deps);
    return step;
  } catch (error) {
    await postpone(found, error, deps);
    throw error;
  }
}

async function carryOut(step: ReconcileStep, row: LedgerRow, deps: ReconcileDependencies): Promise<unknown> {
  switch (step.do) {
    case 'nothing':
      return undefined;
    case 'wait':
      return deps.ledger.update(row.boundaryId, (now) => ({ ...now })); // writing it moves the next look
    case 'expire':
      return expire(row, deps);
    case 'start':
      return startTask(row, deps);
    case 'teardown':
      return startTeardown(row, step.attempt, deps);
    case 'sweep':
      return sweep(row, deps);
    case 'announce':
      return row.phase === 'closed' ? announceClosed(row, deps) : undefined;
  }
}

/** Postpones a row whose look failed: it must not delay others. */
async function postpone(row: LedgerRow, error: unknown, { ledger, clock }: ReconcileDependencies) {
  const because = describeError(error);
  log('error', 'reconcile failed', { boundaryId: row.boundaryId, error: because });
  const nowMs = clock.nowMs();
  const failures = failuresBefore(row, nowMs) + 1;
  const untilMs = nowMs + pauseAfterMs(failures);
  await ledger.update(row.boundaryId, (now) => ({ ...now, postponed: { failures, untilMs, because } }));
}
