import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { DAY_INDEX, LOOKUP_INDEX } from '../../core/ledger/tables.ts';
import { endExecutions, findDue, readRows, refuseTasks } from './control-permissions.ts';
import { keyOf } from './encryption.ts';
import { readArchive } from '../evidence/evidence-archive.ts';
import { readEvidenceKey } from '../evidence/evidence-key.ts';
import type { DeploymentOptions } from './options.ts';
import { acceptOpen, type Permission } from '../functions/permission.ts';
import type { Records } from './records.ts';

/**
 * Read access to ledger and evidence, and to the public half of the key that signs it. Not Scan: no condition bounds it. One statement for each index, so that whoever may drain as well
 * has none twice.
 */
export function readRecords(
  records: Records,
  grantee: iam.IGrantable,
  { encryptionKey: key, archive }: DeploymentOptions,
): iam.Grant {
  const permissions: Permission[] = [
    readRows(records),
    {
      sid: 'ListLedger',
      actions: ['dynamodb:Query'],
      resources: [`${records.ledger.tableArn}/index/${DAY_INDEX.name}`],
    },
    findDue(records),
    { sid: 'ReadEvidence', actions: ['dynamodb:Query'], resources: [records.evidence.tableArn] },
    {
      sid: 'LookUpEvidence',
      actions: ['dynamodb:Query'],
      resources: [`${records.evidence.tableArn}/index/${LOOKUP_INDEX.name}`],
    },
    readEvidenceKey(records.evidenceKey),
    ...(archive ? readArchive(records, archive) : []),
    ...keyOf
      .tables(key)
      .map((permission) => ({ ...permission, actions: ['kms:Decrypt', 'kms:DescribeKey'] })),
  ];
  return grantAll(grantee, permissions);
}

/** What `taskbound drain` does: the marker, the index of what is open or not taken away yet, its rows, and the end of executions. */
export const drainRecords = (
  records: Records,
  grantee: iam.IGrantable,
  key: kms.IKey | undefined,
): iam.Grant =>
  grantAll(grantee, [
    readRows(records),
    refuseTasks(records),
    findDue(records),
    endExecutions(records),
    ...keyOf.tables(key),
  ]);

/** One grant of several statements to a principal's own policy. */
export function grantAll(grantee: iam.IGrantable, permissions: readonly Permission[]): iam.Grant {
  const principal = grantee.grantPrincipal;
  if (Construct.isConstruct(principal))
    for (const permission of permissions) acceptOpen(principal, permission);
  return permissions
    .map((permission) =>
      iam.Grant.addToPrincipal({
        grantee,
        actions: [...permission.actions],
        resourceArns: [...permission.resources],
        ...(permission.conditions !== undefined && {
          conditions: Object.fromEntries(
            Object.entries(permission.conditions).map(([operator, keys]) => [operator, { ...keys }]),
          ),
        }),
      }),
    )
    .reduce((all, grant) => all.combine(grant));
}
