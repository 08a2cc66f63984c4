import type { STSClient } from '@aws-sdk/client-sts';
import type { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { withTaskDeadline } from '../../core/deadline.ts';
import { sha256Hex } from '../../core/digest.ts';
import { PhasePassed } from '../../core/errors.ts';
import { secretName, SESSION_SECRET } from '../../core/ids.ts';
import { demandOwner, movePhase, withLease, type LeaseRecord, type LedgerRow } from '../../core/ledger.ts';
import { mayIssue } from '../../core/phase.ts';
import { compileSessionPolicy, deadlineText } from '../../core/session-policy.ts';
import type { issueIdentityEvent } from '../../core/steps.ts';
import type { TaskTypeConfig } from '../../core/task-type.ts';
import type { SessionCredentials, WorkEvent } from '../../core/work.ts';
import { Secret } from '../../core/secret.ts';
import type { Canary } from '../control/canary.ts';
import { taskFault } from '../control/check-grant.ts';
import { demandWindow } from '../control/demand-window.ts';
import type { EvidenceLog } from '../control/evidence-log.ts';
import type { Ledger } from '../control/ledger.ts';
import { rejectTask } from '../control/reject-task.ts';
import { sessionSecretPolicy } from '../control/secret-policies.ts';
import { versionIdFrom, type TaskSecrets } from '../control/secrets.ts';
import type { TaskTypes } from '../control/task-types.ts';
import { assumeTaskRole } from './assume-task-role.ts';
import { demandAccepted } from './demand-accepted.ts';

export interface IssueIdentityDependencies {
  readonly ledger: Ledger;
  readonly evidence: EvidenceLog;
  readonly types: TaskTypes;
  readonly secrets: TaskSecrets;
  readonly sts: STSClient;
  readonly canary: Canary;
  readonly clock: Clock;
  readonly proveRevokedRoleArn: string;
}

export async function issueIdentity(
  event: z.infer<typeof issueIdentityEvent>,
  attempt: string,
  on: IssueIdentityDependencies,
): Promise<WorkEvent> {
  const found = await on.ledger.get(event.boundaryId);
  demandOwner(found, event.boundaryId, event.executionArn);
  demandIssuing(found);
  const standing = found.leases.find((lease) => lease.state === 'issued');
  if (standing) return workEventOf(found, standing);
  const config = await demandSameGrant(found, on);
  const { workSeconds: needsSeconds } = config;
  await demandWindow(found, { by: 'issue-identity', nowMs: on.clock.nowMs(), needsSeconds }, on);
  const { row, lease, policy } = await intend(found, config, attempt, on);
  const credentials = await issueLease(row, lease, policy, config, on);
  return workEventOf(await open(row, lease, credentials.accessKeyId, on), lease, credentials.accessKeyId);
}

function demandIssuing(row: LedgerRow): LedgerRow {
  if (mayIssue(row.phase)) return row;
  throw new PhasePassed(
    `No identity for ${row.boundaryId}: the boundary is ${row.phase}; identities are issued while it is admitted or open.`,
  );
}

async function demandSameGrant(row: LedgerRow, on: IssueIdentityDependencies): Promise<TaskTypeConfig> {
  const config = await on.types.find(row.taskType);
  const because = taskFault(row, config);
  if (config && because === undefined) return config;
  return rejectTask(row.boundaryId, { by: 'issue-identity', because: because ?? 'its type is gone' }, on);
}

/** Writes the lease's intent. The deadline is fixed here, so whatever AssumeRole returns, however late, is dead by then. */
async function intend(
  found: LedgerRow,
  config: TaskTypeConfig,
  attempt: string,
  on: IssueIdentityDependencies,
) {
  const intendedAtMs = on.clock.nowMs();
  const leaseEndMs = Math.floor(intendedAtMs / 1000) * 1000 + config.leaseSeconds * 1000;
  const deadlineMs = Math.min(leaseEndMs, withTaskDeadline(found, intendedAtMs).taskDeadlineMs ?? leaseEndMs);
  const { boundaryId, nonce, parameters } = found;
  const policy = compileSessionPolicy(config, {
    boundaryId,
    nonce,
    parameters,
    deadline: deadlineText(deadlineMs),
  });
  const place = { stack: found.stack, taskType: found.taskType, boundaryId, nonce };
  const row = await on.ledger.update(boundaryId, (now) => {
    demandIssuing(now);
    if (now.leases.some((lease) => lease.attempt === attempt)) return now;
    const lease: LeaseRecord = {
      number: now.leases.length + 1,
      state: 'intended',
      attempt,
      intendedAtMs,
      deadlineMs,
      policyDigest: sha256Hex(policy),
      sessionSecretName: secretName(place, SESSION_SECRET),
    };
    return { ...withTaskDeadline(now, intendedAtMs), leases: [...now.leases, lease] };
  });
  const lease = row.leases.find((each) => each.attempt === attempt);
  if (!lease)
    throw new RangeError(`The lease of attempt ${attempt} is not in the row that was just written.`);
  return { row, lease, policy };
}

async function issueLease(
  row: LedgerRow,
  lease: LeaseRecord,
  policy: string,
  config: TaskTypeConfig,
  on: IssueIdentityDependencies,
): Promise<SessionCredentials> {
  const { boundaryId } = row;
  const shut = sessionSecretPolicy([config.workRoleArn, on.proveRevokedRoleArn]);
  await on.secrets.createShut(lease.sessionSecretName, `Session credentials of task ${boundaryId}`, shut);
  const { taskRoleArn: roleArn } = row;
  const { leaseSeconds } = config;
  const credentials = await assumeTaskRole(on.sts, { roleArn, boundaryId, policy, leaseSeconds }, on.clock);
  await demandAccepted(credentials, lease.sessionSecretName, on);
  await on.evidence.append(boundaryId, {
    id: `identity.issued:${lease.number}`,
    type: 'identity.issued',
    actor: 'issue-identity',
    data: {
      lease: lease.number,
      roleArn: row.taskRoleArn,
      sessionName: boundaryId,
      sourceIdentity: boundaryId,
      accessKeyId: credentials.accessKeyId,
      deadline: deadlineText(lease.deadlineMs),
      grantDigest: row.grantDigest,
      policyDigest: lease.policyDigest,
      sessionPolicy: policy,
      sessionSecretName: lease.sessionSecretName,
      workVersion: config.workVersionArn,
      canary: 'accepted',
    },
  });
  const value = new Secret(JSON.stringify(credentials));
  await on.secrets.putValue(lease.sessionSecretName, versionIdFrom(credentials.accessKeyId), value);
  return credentials;
}

/** Records the lease and opens the boundary; when teardown began meanwhile the work must not start. */
async function open(
  row: LedgerRow,
  lease: LeaseRecord,
  accessKeyId: string,
  on: IssueIdentityDependencies,
): Promise<LedgerRow> {
  const issued = { state: 'issued' as const, accessKeyId, sessionVersionId: versionIdFrom(accessKeyId) };
  const after = await on.ledger.update(row.boundaryId, (now) => {
    const recorded = withLease(now, lease.number, issued);
    return now.phase === 'admitted' ? movePhase(recorded, 'open') : recorded;
  });
  return demandIssuing(after);
}

function workEventOf(row: LedgerRow, lease: LeaseRecord, accessKeyId = lease.accessKeyId ?? ''): WorkEvent {
  return {
    taskId: row.taskId,
    boundaryId: row.boundaryId,
    taskType: row.taskType,
    parameters: row.parameters,
    sessionSecretId: lease.sessionSecretName,
    sessionVersionId: versionIdFrom(accessKeyId),
    secrets: Object.fromEntries(row.secrets.map((secret) => [secret.name, secret.secretName])),
    deadline: deadlineText(lease.deadlineMs),
    checkpoint: null,
  };
}
