import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { EvidenceLog } from './evidence-log.ts';

/**
 * Records every decision of the row in the evidence. Repeating it has no effect, so a decision is not missing
 * when its function stopped.
 */
export async function recordDecisions(row: LedgerRow, evidence: EvidenceLog): Promise<void> {
  for (const { decision, person, arn, roleArn, grantDigest, reason, atMs } of row.decisions ?? []) {
    const data = {
      person,
      roleArn,
      grantDigest,
      reason: reason ?? null,
      decidedAt: new Date(atMs).toISOString(),
      quorum: row.approval?.quorum ?? null,
    };
    const type = decision === 'approve' ? 'approval.granted' : 'approval.refused';
    await evidence.append(row.boundaryId, { id: `${type}:${person}`, type, actor: arn, data });
  }
}
