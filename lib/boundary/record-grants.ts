import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { readArchive } from '../evidence/archive-permissions.ts';
import { readEvidenceKey } from '../evidence/evidence-key.ts';
import { grantAll, type Permission } from '../functions/permission.ts';
import { endExecutions } from '../workflow/execution-permissions.ts';
import type { BoundaryRecords } from './boundary-records.ts';
import { keyPermissions } from './encryption.ts';
import type { DeploymentOptions } from './options.ts';
import { findDueRows, listRows, readEvidence, readRows, refuseTasks } from './record-permissions.ts';

/** Read access to ledger and evidence, and to the public key of its signatures. Not Scan: no condition could limit it. */
export const grantReadRecords = (
  records: BoundaryRecords,
  grantee: iam.IGrantable,
  { encryptionKey, archive }: DeploymentOptions,
): iam.Grant =>
  grantAll(grantee, [
    readRows(records),
    listRows(records),
    findDueRows(records),
    ...readEvidence(records),
    readEvidenceKey(records.evidenceKey),
    ...(archive ? readArchive(records, archive) : []),
    ...keyPermissions.tables(encryptionKey).map(onlyDecrypt),
  ]);

const onlyDecrypt = (permission: Permission): Permission => ({
  ...permission,
  actions: ['kms:Decrypt', 'kms:DescribeKey'],
});

/** What `taskbound drain` does: sets and removes the marker, finds open boundaries, reads their rows, ends their executions. */
export const grantDrainRecords = (
  records: BoundaryRecords,
  grantee: iam.IGrantable,
  encryptionKey: kms.IKey | undefined,
): iam.Grant =>
  grantAll(grantee, [
    readRows(records),
    refuseTasks(records),
    findDueRows(records),
    endExecutions(records),
    ...keyPermissions.tables(encryptionKey),
  ]);
