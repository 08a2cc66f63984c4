import { isWaiting, withExpiry } from '../../core/approvals/approval.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { startTask } from '../control/ledger/start-task.ts';
import type { ReconcileDependencies } from './deps.ts';

/** Nobody decided in time: the rejection in the row, then `approval.expired` and an execution that closes it without running it. */
export async function expire(row: LedgerRow, deps: ReconcileDependencies): Promise<void> {
  const expired = await deps.ledger.update(row.boundaryId, (now) => (isWaiting(now) ? withExpiry(now) : now));
  // Somebody may have been faster: then the task is approved, refused or ended, and goes its way all the same.
  await startTask(expired, deps);
}
