import type { z } from 'zod';
import type { Clock } from 'taskbound-time/clock';
import { PhasePassed } from '../../core/shared/errors.ts';
import { isWaiting } from '../../core/approvals/approval.ts';
import { assertOwner } from '../../core/ledger/assert-owner.ts';
import { movePhase } from '../../core/ledger/move-phase.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { isAtLeast } from '../../core/ledger/phase.ts';
import type { admitEvent, Admitted } from '../../core/work/step-events.ts';
import { ISSUE_MARGIN_SECONDS, waitUntil, windowState } from '../../core/windows/window.ts';
import { taskFault } from '../control/task-types/check-grant.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import { rejectTask } from '../control/ledger/reject-task.ts';
import type { TaskTypes } from '../control/task-types/task-types.ts';

export interface AdmitDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly types: TaskTypes;
  readonly clock: Clock;
}

/**
 * Called when the execution begins, and again when the task's window has opened. Everything is checked each
 * time: an admitted task is admitted again without a second event, or rejected because something has changed.
 */
export async function admit(event: z.infer<typeof admitEvent>, deps: AdmitDependencies): Promise<Admitted> {
  const row = await deps.ledger.get(event.boundaryId);
  assertOwner(row, event.boundaryId, event.executionArn);
  assertNotOpened(row);
  const because = await faultOf(row, event.workVersion, deps);
  if (because !== undefined) await rejectTask(row.boundaryId, { by: 'admit', because }, deps);
  await deps.evidence.append(row.boundaryId, {
    id: 'task.admitted',
    type: 'task.admitted',
    actor: 'admit',
    data: { executionArn: row.executionArn, grantDigest: row.grantDigest, leaseSeconds: row.leaseSeconds },
  });
  await deps.ledger.update(row.boundaryId, (now) =>
    now.phase === 'admitted' ? now : movePhase(now, 'admitted', {}),
  );
  return { boundaryId: row.boundaryId, waitUntil: waitUntil(row.window, deps.clock.nowMs()) };
}

/** A late call changes nothing: the decision was made before the boundary was opened. */
function assertNotOpened(row: LedgerRow): void {
  if (!isAtLeast(row.phase, 'open')) return;
  throw new PhasePassed(
    `Task ${row.boundaryId} is not admitted: its boundary is ${row.phase}; tasks are admitted before it is open. Nothing was changed.`,
  );
}

async function faultOf(
  row: LedgerRow,
  workVersion: string,
  { types, clock }: AdmitDependencies,
): Promise<string | undefined> {
  if (row.rejection !== undefined) return row.rejection.cause;
  if (isWaiting(row)) return `it waits for ${row.approval.quorum} approvals`;
  if (row.phase === 'requested') return 'the task is requested, not approved';
  const config = await types.find(row.taskType);
  const needsSeconds = (config?.workSeconds ?? 0) + ISSUE_MARGIN_SECONDS;
  const state = windowState(row.window, clock.nowMs(), needsSeconds);
  return taskFault(row, config, workVersion) ?? (state.is === 'over' ? state.because : undefined);
}
