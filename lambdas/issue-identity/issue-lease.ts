import { deadlineText } from '../../core/grants/session-policy.ts';
import type { LeaseRecord } from '../../core/ledger/lease-record.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { Secret } from '../../core/secrets/secret.ts';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import type { SessionCredentials } from '../../core/work/work.ts';
import { sessionSecretPolicy } from '../control/secrets/secret-policies.ts';
import { versionIdFrom } from '../control/secrets/secrets.ts';
import { assertAccepted } from './assert-accepted.ts';
import { assumeTaskRole } from './assume-task-role.ts';
import type { IssueIdentityDependencies } from './dependencies.ts';

export interface LeaseToIssue {
  readonly row: LedgerRow;
  readonly lease: LeaseRecord;
  readonly policy: string;
  /** The version of the work that will use it. */
  readonly workVersion: string;
}

export async function issueLease(
  { row, lease, policy, workVersion }: LeaseToIssue,
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
