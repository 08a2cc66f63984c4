import { TaskRejected } from '../../../core/shared/errors.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { isEnding } from '../../../core/ledger/phase.ts';
import type { EvidenceLog } from '../evidence/evidence-log.ts';
import type { Ledger } from './ledger.ts';

/**
 * Rejects a task: the rejection in its row, then `task.rejected`, then throws `TaskRejected`, on which the
 * workflow closes the boundary. Once teardown has begun, nothing is written: how the task ended is already
 * decided.
 */
export async function rejectTask(
  boundaryId: string,
  refused: { readonly by: string; readonly because: string },
  deps: { readonly ledger: Ledger; readonly evidence: EvidenceLog },
): Promise<never> {
  const cause = `Task ${boundaryId} was rejected by ${refused.by}: ${refused.because}. Submit it again under a new id.`;
  const row = await deps.ledger.update(boundaryId, (now: LedgerRow) =>
    now.rejection || isEnding(now.phase) ? now : { ...now, rejection: { error: 'TaskRejected', cause } },
  );
  // The first rejection counts: a refusal by people, or an earlier rule.
  const { cause: final } = row.rejection ?? { cause };
  if (!isEnding(row.phase)) {
    await deps.evidence.append(boundaryId, {
      id: 'task.rejected',
      type: 'task.rejected',
      actor: refused.by,
      data: { because: refused.because },
    });
  }
  throw new TaskRejected(final);
}
