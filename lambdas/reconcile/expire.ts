import { isWaiting, withExpiry } from '../../core/approvals/approval.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { startTask } from '../control/ledger/start-task.ts';
import type { ReconcileDependencies } from './deps.ts';

/**
 * The approval expired: the rejection in the row, then `approval.expired`, then an execution that closes the
 * task without running it.
 */
export async function expire(row: LedgerRow, deps: ReconcileDependencies): Promise<void> {
  const expired = await deps.ledger.update(row.boundaryId, (now) => (isWaiting(now) ? withExpiry(now) : now));
  // A person may have decided just before: then the task is approved, refused or ended, and continues as
  // such.
  await startTask(expired, deps);
}
