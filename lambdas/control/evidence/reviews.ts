import type { Clock } from 'taskbound-time/clock';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { EMERGENCY_DECLARED, metricLine } from '../../../core/operations/metrics.ts';
import { openReviewOf } from '../../../core/approvals/review.ts';
import { reviewIdOf } from 'taskbound-evidence/names/review-id';
import type { EvidenceLog } from './evidence-log.ts';
import type { Ledger } from '../ledger/ledger.ts';

/**
 * Opens the review of an emergency once, before its task can run: its own record, and its own chain of
 * evidence.
 */
export async function openReview(
  row: LedgerRow,
  deps: {
    readonly ledger: Ledger;
    readonly evidence: EvidenceLog;
    readonly clock: Clock;
    readonly print: (line: string) => void;
  },
): Promise<void> {
  await deps.ledger.createReview(openReviewOf(row));
  await deps.evidence.append(reviewIdOf(row.boundaryId), {
    id: 'review.opened',
    type: 'review.opened',
    actor: row.requestedBy.arn,
    data: {
      of: row.boundaryId,
      emergency: row.emergency ?? '',
      reason: row.reason,
      grantDigest: row.grantDigest,
      requester: row.requester ?? null,
    },
  });
  // The alarm must not depend on how long the review stays open.
  deps.print(metricLine(row.stack, deps.clock.nowMs(), 'Count', { [EMERGENCY_DECLARED]: 1 }));
}
