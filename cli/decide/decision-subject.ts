import { approversOf } from '../../core/approvals/approval.ts';
import { grantDigest } from '../../core/grants/grant.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { compileSessionPolicy, DEADLINE_PLACEHOLDER } from '../../core/grants/session-policy.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { UsageError } from 'taskbound-evidence/command/errors';

/** What a decision is about. Compiled from the row and the type, so that exactly what the digest covers is shown. */
export interface DecisionSubject {
  readonly boundaryId: string;
  readonly taskType: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly reason: string;
  readonly parameters: LedgerRow['parameters'];
  readonly secrets: TaskTypeConfig['secrets'];
  readonly window: { readonly opensAt: string; readonly closesAt: string } | null;
  readonly leaseSeconds: number;
  readonly taskSeconds: number;
  readonly workVersion: string;
  readonly sessionPolicy: string;
  readonly grantDigest: string;
  readonly approvals: readonly string[];
  readonly quorum: number;
  readonly expiresAt: string | null;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** Throws `UsageError` when the type was changed since the request: the task can no longer be approved. */
export function decisionSubject(row: LedgerRow, config: TaskTypeConfig): DecisionSubject {
  const { boundaryId, nonce, parameters, window } = row;
  const digest = grantDigest(config, { boundaryId, nonce, parameters, window });
  if (digest !== row.grantDigest) {
    throw new UsageError(
      `${boundaryId} can no longer be approved: the type ${row.taskType} was changed since it was requested (grant digest ${digest} now, ${row.grantDigest} then). Refuse it, and have it submitted again.`,
    );
  }
  const sessionPolicy = compileSessionPolicy(config, {
    boundaryId,
    nonce,
    parameters,
    deadline: DEADLINE_PLACEHOLDER,
  });
  return {
    boundaryId,
    taskType: row.taskType,
    requestedBy: row.requestedBy.arn,
    requestedAt: iso(row.requestedAtMs),
    reason: row.reason,
    parameters,
    secrets: config.secrets,
    window: window ? { opensAt: iso(window.opensAtMs), closesAt: iso(window.closesAtMs) } : null,
    leaseSeconds: config.leaseSeconds,
    taskSeconds: config.taskSeconds,
    workVersion: config.workVersionArn,
    sessionPolicy,
    grantDigest: digest,
    approvals: approversOf(row, config),
    quorum: row.approval?.quorum ?? 0,
    expiresAt: row.approval ? iso(row.approval.expiresAtMs) : null,
  };
}
