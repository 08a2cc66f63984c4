import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { EvidenceLog } from './evidence-log.ts';
import { recordDecisions } from './record-decisions.ts';
import { recordRequest } from './record-request.ts';

/**
 * All that people did to a task, as its row has it: who asked, who decided, that nobody did in time, who ended it. Told again without
 * effect, so that the tail makes up for whichever function died after its write.
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
