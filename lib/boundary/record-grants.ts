import type * as iam from 'aws-cdk-lib/aws-iam';
import { readArchive } from '../evidence/archive-permissions.ts';
import { readEvidenceKey } from '../evidence/evidence-key.ts';
import { grantAll, type Permission } from '../functions/permission.ts';
import { readTypes } from '../task-types/type-parameter.ts';
import { endExecutions, followExecutions } from '../workflow/execution-permissions.ts';
import { keyPermissions } from './encryption.ts';
import type { ITaskBoundary } from './i-task-boundary.ts';
import {
  findDueRows,
  listRows,
  readEvidence,
  readEvidenceOfType,
  readRows,
  readRowsOfType,
  refuseTasks,
} from './record-permissions.ts';

/** Everything that readers of a stack need. Not Scan: no condition could limit it. */
export function grantReadStack(boundary: ITaskBoundary, grantee: iam.IGrantable): iam.Grant {
  const { records, _options: options } = boundary;
  return grantAll(grantee, [
    boundary._manifest.permission,
    readRows(records),
    listRows(records),
    findDueRows(records),
    ...readEvidence(records),
    readEvidenceKey(records.evidenceKey),
    ...(options.archive ? readArchive(records, options.archive) : []),
    readTypes(records),
    followExecutions(records),
    ...decryptTables(boundary),
  ]);
}

/** What `taskbound drain` does: sets and removes the marker, finds open boundaries, reads their rows, ends their executions. */
export function grantDrainRecords(boundary: ITaskBoundary, grantee: iam.IGrantable): iam.Grant {
  const { records, _options: options } = boundary;
  return grantAll(grantee, [
    boundary._manifest.permission,
    readRows(records),
    refuseTasks(records),
    findDueRows(records),
    endExecutions(records),
    ...keyPermissions.tables(options.encryptionKey),
  ]);
}

/** Reads the rows of the tasks of one type: their state and their outcome. */
export const readTasks = (boundary: ITaskBoundary, type: string): Permission[] => [
  boundary._manifest.permission,
  readRowsOfType(boundary.records, type),
  ...decryptTables(boundary),
];

/** Reads the evidence of the tasks of one type, and the key that verifies it. */
export const readTaskEvidence = ({ records }: ITaskBoundary, type: string): Permission[] => [
  readEvidenceOfType(records, type),
  readEvidenceKey(records.evidenceKey),
];

const decryptTables = ({ _options: { encryptionKey } }: ITaskBoundary): Permission[] =>
  keyPermissions
    .tables(encryptionKey)
    .map((permission) => ({ ...permission, actions: ['kms:Decrypt', 'kms:DescribeKey'] }));
