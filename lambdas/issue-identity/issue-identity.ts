import type { STSClient } from '@aws-sdk/client-sts';
import type { z } from 'zod';
import type { Clock } from 'taskbound-time/clock';
import { nextDeadlineMs, withTaskDeadline } from '../../core/ledger/deadline.ts';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { PhasePassed } from '../../core/shared/errors.ts';
import type { Json } from 'taskbound-evidence/events/event';
import { secretName, SESSION_SECRET } from 'taskbound-evidence/names/ids';
import { assertOwner } from '../../core/ledger/assert-owner.ts';
import { movePhase } from '../../core/ledger/move-phase.ts';
import { withLease, type IssuedLease, type LeaseRecord } from '../../core/ledger/lease-record.ts';
import { isIssuingRow, type IssuingRow, type LedgerRow } from '../../core/ledger/ledger.ts';
import { compileSessionPolicy, deadlineText } from '../../core/grants/session-policy.ts';
import type { issueIdentityEvent } from '../../core/work/step-events.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import type { SessionCredentials, WorkEvent } from '../../core/work/work.ts';
import { Secret } from '../../core/secrets/secret.ts';
import type { CanaryOf } from '../control/secrets/canary.ts';
import { taskFault } from '../control/task-types/check-grant.ts';
import { assertWindowOpen } from '../control/task-types/assert-window-open.ts';
import type { EvidenceLog } from '../control/evidence/evidence-log.ts';
import type { Ledger } from '../control/ledger/ledger.ts';
import { rejectTask } from '../control/ledger/reject-task.ts';
import { sessionSecretPolicy } from '../control/secrets/secret-policies.ts';
import { versionIdFrom, type TaskSecrets } from '../control/secrets/secrets.ts';
import type { TaskTypes } from '../control/task-types/task-types.ts';
import { assumeTaskRole } from './assume-task-role.ts';
import { assertAccepted } from './assert-accepted.ts';
import { previousLease, recordPreviousRun, issuedLeaseAfter } from './previous-run.ts';

export interface IssueIdentityDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly types: TaskTypes;
  readonly secrets: TaskSecrets;
  readonly sts: STSClient;
  readonly canaryOf: CanaryOf;
  readonly clock: Clock;
  readonly proveRevokedRoleArn: string;
}

export async function issueIdentity(
  event: z.infer<typeof issueIdentityEvent>,
  attempt: string,
  deps: IssueIdentityDependencies,
): Promise<WorkEvent> {
  const found = await deps.ledger.get(event.boundaryId);
  assertOwner(found, event.boundaryId, event.executionArn);
  assertIssuing(found);
  const before = previousLease(found, event.after);
  const checkpoint = before ? await recordPreviousRun(found, before, event, deps.evidence) : null;
  const repeated = issuedLeaseAfter(found, before);
  if (repeated) return workEventOf(found, repeated, checkpoint);
  const config = await assertSameGrant(found, event.workVersion, deps);
  // For a later run the task's last moment is checked, which is the end of the window at the latest.
  const needsSeconds = before ? 0 : config.workSeconds;
  await assertWindowOpen(found, { by: 'issue-identity', nowMs: deps.clock.nowMs(), needsSeconds }, deps);
  const { row, lease, policy } = await intend(
    { boundaryId: found.boundaryId, attempt, before },
    config,
    deps,
  );
  const { workVersion } = event;
  const credentials = await issueLease({ row, lease, policy, workVersion }, config, deps);
  const issued = issuedLease(lease, credentials.accessKeyId);
  return workEventOf(await open(row, issued, deps), issued, checkpoint);
}

function assertIssuing(row: LedgerRow): asserts row is IssuingRow {
  if (isIssuingRow(row)) return;
  throw new PhasePassed(
    `No identity for ${row.boundaryId}: the boundary is ${row.phase}; identities are issued while it is admitted or open.`,
  );
}

async function assertSameGrant(
  row: LedgerRow,
  workVersion: string,
  deps: IssueIdentityDependencies,
): Promise<TaskTypeConfig> {
  const config = await deps.types.find(row.taskType);
  const because = taskFault(row, config, workVersion);
  if (config && because === undefined) return config;
  return rejectTask(row.boundaryId, { by: 'issue-identity', because: because ?? 'its type is gone' }, deps);
}

const policyOf = (row: LedgerRow, config: TaskTypeConfig, deadlineMs: number): string =>
  compileSessionPolicy(config, {
    boundaryId: row.boundaryId,
    nonce: row.nonce,
    parameters: row.parameters,
    deadline: deadlineText(deadlineMs),
  });

interface Attempt {
  readonly boundaryId: string;
  readonly attempt: string;
  readonly before: LeaseRecord | undefined;
}

/**
 * Writes the lease's intent, and with the first one the task's last moment. The deadline is fixed here:
 * credentials that AssumeRole returns later expire at the same time.
 */
async function intend(
  { boundaryId, attempt, before }: Attempt,
  config: TaskTypeConfig,
  deps: IssueIdentityDependencies,
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

interface Issue {
  readonly row: LedgerRow;
  readonly lease: LeaseRecord;
  readonly policy: string;
  /** The version of the work that will use it. */
  readonly workVersion: string;
}

async function issueLease(
  { row, lease, policy, workVersion }: Issue,
  config: TaskTypeConfig,
  deps: IssueIdentityDependencies,
): Promise<SessionCredentials> {
  const { boundaryId } = row;
  const readers = sessionSecretPolicy([config.workRoleArn, deps.proveRevokedRoleArn]);
  await deps.secrets.createEmpty(
    lease.sessionSecretName,
    `Session credentials of task ${boundaryId}`,
    readers,
  );
  const { taskRoleArn: roleArn } = row;
  const { leaseSeconds } = config;
  const credentials = await assumeTaskRole(
    deps.sts,
    { roleArn, boundaryId, policy, leaseSeconds },
    deps.clock,
  );
  await assertAccepted(credentials, lease.sessionSecretName, deps);
  await deps.evidence.append(boundaryId, {
    id: `identity.issued:${lease.number}`,
    type: 'identity.issued',
    actor: 'issue-identity',
    data: {
      lease: lease.number,
      after: lease.after ?? null,
      roleArn: row.taskRoleArn,
      sessionName: boundaryId,
      sourceIdentity: boundaryId,
      accessKeyId: credentials.accessKeyId,
      deadline: deadlineText(lease.deadlineMs),
      grantDigest: row.grantDigest,
      policyDigest: lease.policyDigest,
      sessionPolicy: policy,
      sessionSecretName: lease.sessionSecretName,
      sessionSecretReaders: { work: config.workRoleArn, proof: deps.proveRevokedRoleArn },
      workVersion,
      canary: 'accepted',
    },
  });
  const value = new Secret(JSON.stringify(credentials));
  await deps.secrets.putValue(lease.sessionSecretName, versionIdFrom(credentials.accessKeyId), value);
  return credentials;
}

/**
 * Records the lease and opens the boundary. Throws `PhasePassed` when teardown has begun: the work must not
 * start.
 */
async function open(
  { boundaryId }: LedgerRow,
  issued: IssuedLease,
  deps: IssueIdentityDependencies,
): Promise<LedgerRow> {
  const after = await deps.ledger.update(boundaryId, (now): LedgerRow => {
    const recorded = withLease(now, issued.number, (lease) => ({ ...lease, ...issued }));
    return recorded.phase === 'admitted' ? movePhase(recorded, 'open', {}) : recorded;
  });
  assertIssuing(after);
  return after;
}

const issuedLease = (lease: LeaseRecord, accessKeyId: string): IssuedLease => ({
  ...lease,
  state: 'issued',
  accessKeyId,
  sessionVersionId: versionIdFrom(accessKeyId),
});

function workEventOf(row: LedgerRow, lease: IssuedLease, checkpoint: Json): WorkEvent {
  return {
    taskId: row.taskId,
    boundaryId: row.boundaryId,
    taskType: row.taskType,
    parameters: row.parameters,
    sessionSecretId: lease.sessionSecretName,
    sessionVersionId: lease.sessionVersionId,
    secrets: Object.fromEntries(row.secrets.map((secret) => [secret.name, secret.secretName])),
    deadline: deadlineText(lease.deadlineMs),
    checkpoint,
  };
}
