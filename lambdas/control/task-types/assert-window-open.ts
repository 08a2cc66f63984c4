import { WindowNotOpen } from '../../../core/shared/errors.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { windowState } from '../../../core/windows/window.ts';
import type { EvidenceLog } from '../evidence/evidence-log.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { rejectTask } from '../ledger/reject-task.ts';

interface WindowDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
}

interface WindowNeed {
  readonly by: string;
  readonly nowMs: number;
  readonly needsSeconds: number;
}

/**
 * Called before anything is issued: nothing is issued before the task's window opens, after it closes, or too
 * late to be used before it closes. Too early throws `WindowNotOpen`, which is retried; too late rejects the
 * task.
 */
export async function assertWindowOpen(
  { boundaryId, window }: LedgerRow,
  { by, nowMs, needsSeconds }: WindowNeed,
  deps: WindowDependencies,
): Promise<void> {
  const state = windowState(window, nowMs, needsSeconds);
  if (state.is === 'early')
    throw new WindowNotOpen(`Nothing is issued for ${boundaryId} yet: ${state.because}. It is tried again.`);
  if (state.is === 'over') await rejectTask(boundaryId, { by, because: state.because }, deps);
}
