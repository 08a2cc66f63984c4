import type { SFNClient } from '@aws-sdk/client-sfn';
import { isWaiting, withExpiry } from '../../core/approval.ts';
import type { LedgerRow } from '../../core/ledger.ts';
import type { EvidenceLog } from '../control/evidence-log.ts';
import type { Ledger } from '../control/ledger.ts';
import { startTask } from '../control/start-task.ts';

interface ExpireDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly executions: SFNClient;
}

/** Nobody decided in time: the rejection in the row, `approval.expired`, and an execution that closes it without running it. */
export async function expire(row: LedgerRow, on: ExpireDependencies): Promise<void> {
  const expired = await on.ledger.update(row.boundaryId, (now) => (isWaiting(now) ? withExpiry(now) : now));
  if (expired.rejection === undefined) return; // the last approval was faster
  await on.evidence.append(row.boundaryId, {
    id: 'approval.expired',
    type: 'approval.expired',
    actor: 'reconcile',
    data: {
      expiresAt: new Date(row.approval?.expiresAtMs ?? 0).toISOString(),
      quorum: row.approval?.quorum ?? null,
      approvals: row.decisions?.length ?? 0,
    },
  });
  await startTask(expired, on);
}
