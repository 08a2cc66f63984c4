import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { secretName, SESSION_SECRET } from 'taskbound-evidence/names/ids';
import { compileSessionPolicy, deadlineText } from '../../core/grants/session-policy.ts';
import { nextDeadlineMs, withTaskDeadline } from '../../core/ledger/deadline.ts';
import type { LeaseRecord } from '../../core/ledger/lease-record.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { assertIssuing } from './assert-issuing.ts';
import type { IssueIdentityDependencies } from './dependencies.ts';

const policyOf = (row: LedgerRow, config: TaskTypeConfig, deadlineMs: number): string =>
  compileSessionPolicy(config, {
    boundaryId: row.boundaryId,
    nonce: row.nonce,
    parameters: row.parameters,
    deadline: deadlineText(deadlineMs),
  });

export interface Attempt {
  readonly boundaryId: string;
  readonly attempt: string;
  readonly before: LeaseRecord | undefined;
}

/**
 * Writes the lease's intent, and with the first one the task's last moment. The deadline is fixed here:
 * credentials that AssumeRole returns later expire at the same time.
 */
export async function intendLease(
  { boundaryId, attempt, before }: Attempt,
  config: TaskTypeConfig,
  deps: Pick<IssueIdentityDependencies, 'clock' | 'ledger'>,
) {
  const intendedAtMs = deps.clock.nowMs();
  const row = await deps.ledger.update(boundaryId, (found) => {
    assertIssuing(found);
    if (found.leases.some((lease) => lease.attempt === attempt)) return found;
    const now = withTaskDeadline(found, intendedAtMs);
    const deadlineMs = nextDeadlineMs(now, config, intendedAtMs);
    const { stack, taskType, nonce } = now;
    const lease: LeaseRecord = {
      number: now.leases.length + 1,
      state: 'intended',
      attempt,
      intendedAtMs,
      deadlineMs,
      ...(before && { after: before.number }),
      policyDigest: sha256Hex(policyOf(now, config, deadlineMs)),
      sessionSecretName: secretName({ stack, taskType, boundaryId, nonce }, SESSION_SECRET),
    };
    return { ...withTaskDeadline(now, intendedAtMs), leases: [...now.leases, lease] };
  });
  const lease = row.leases.find((each) => each.attempt === attempt);
  if (!lease)
    throw new RangeError(`The lease of attempt ${attempt} is not in the row that was just written.`);
  return { row, lease, policy: policyOf(row, config, lease.deadlineMs) };
}
