import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { windowText } from '../../../core/windows/window-rule.ts';
import type { EvidenceLog } from './evidence-log.ts';

/**
 * Records the request, as the first event of the task. Later functions call this again, in case `submit`
 * stopped before it recorded the request. A repeated call has no effect.
 */
export async function recordRequest(row: LedgerRow, evidence: EvidenceLog): Promise<void> {
  await evidence.append(row.boundaryId, {
    id: 'task.requested',
    type: 'task.requested',
    actor: row.requestedBy.arn,
    data: {
      taskType: row.taskType,
      reason: row.reason,
      parameters: row.parameters,
      ...(row.window && { window: windowText(row.window) }),
      requestDigest: row.requestDigest,
      grantDigest: row.grantDigest,
      executionArn: row.executionArn,
      ...omitUndefined({ requester: row.requester }),
      ...(row.approval && {
        approvalsNeeded: row.approval.quorum,
        approvalsExpire: iso(row.approval.expiresAtMs),
      }),
      ...omitUndefined({ emergency: row.emergency }),
      ...(row.scheduled && { schedule: row.scheduled.schedule, scheduledFor: iso(row.scheduled.forMs) }),
    },
  });
}

const iso = (ms: number): string => new Date(ms).toISOString();
