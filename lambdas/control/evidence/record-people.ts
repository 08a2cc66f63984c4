import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { EvidenceLog } from './evidence-log.ts';
import { recordDecisions } from './record-decisions.ts';
import { recordRequest } from './record-request.ts';

/**
 * Records everything that people did to a task, from its row: who requested it, who decided, that the
 * approval expired, who ended it. Repeating it has no effect, so the tail records what a function missed that
 * stopped after its write.
 */
export async function recordPeople(row: LedgerRow, evidence: EvidenceLog): Promise<void> {
  await recordRequest(row, evidence);
  await recordDecisions(row, evidence);
  await recordExpiry(row, evidence);
  await recordEnd(row, evidence);
}

async function recordExpiry(
  { boundaryId, rejection, approval, decisions = [] }: LedgerRow,
  evidence: EvidenceLog,
): Promise<void> {
  if (rejection?.by !== 'expiry') return;
  await evidence.append(boundaryId, {
    id: 'approval.expired',
    type: 'approval.expired',
    actor: 'reconcile',
    data: {
      expiresAt: new Date(approval?.expiresAtMs ?? 0).toISOString(),
      quorum: approval?.quorum ?? null,
      approvals: decisions.length,
    },
  });
}

async function recordEnd({ boundaryId, ended }: LedgerRow, evidence: EvidenceLog): Promise<void> {
  if (ended === undefined) return;
  const { person, arn, reason, wasIn } = ended;
  await evidence.append(boundaryId, {
    id: 'task.ended',
    type: 'task.ended',
    actor: arn,
    data: { person, reason, wasIn },
  });
}
