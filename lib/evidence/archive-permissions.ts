import { Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { archiveFolder, archiveKey } from 'taskbound-evidence/chain/bundle';
import type { Permission } from '../functions/permission.ts';
import type { IEvidenceArchive } from './evidence-archive.ts';

/** Reads and lists archived bundles: a reader of evidence can find in the archive what the table has lost. */
export const readArchive = (scope: Construct, archive: IEvidenceArchive): Permission[] => [
  {
    sid: 'ListArchivedEvidence',
    actions: ['s3:ListBucket'],
    resources: [archive.bucket.bucketArn],
    conditions: {
      StringEquals: { 's3:prefix': `${archive.prefix}${archiveFolder(Stack.of(scope).stackName)}` },
    },
  },
  { sid: 'ReadArchivedEvidence', actions: ['s3:GetObject'], ...bundlesIn(scope, archive) },
  ...useKey(scope, archive.bucket.encryptionKey, ['kms:Decrypt']),
];

/** What `close-boundary` may do: put a bundle where no object exists, and read what exists. Never delete, overwrite or unlock. */
export const writeArchive = (scope: Construct, archive: IEvidenceArchive): Permission[] => [
  {
    sid: 'ArchiveEvidence',
    actions: ['s3:PutObject'],
    conditions: { Null: { 's3:if-none-match': 'false' } },
    ...bundlesIn(scope, archive),
  },
  { sid: 'SeeArchivedEvidence', actions: ['s3:GetObject'], ...bundlesIn(scope, archive) },
  ...useKey(scope, archive.bucket.encryptionKey, ['kms:GenerateDataKey', 'kms:Decrypt']),
];

const bundlesIn = (scope: Construct, { bucket, prefix }: IEvidenceArchive) => ({
  // The `*` is the boundary.
  resources: [bucket.arnForObjects(`${prefix}${archiveKey(Stack.of(scope).stackName, '*')}`)],
  openBecause: 'Bundles are named after boundaries, which are not known at deployment.',
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
function useKey(scope: Construct, key: kms.IKey | undefined, actions: readonly string[]): Permission[] {
  if (key === undefined) return [];
  const { region, urlSuffix } = Stack.of(scope);
  return [
    {
      sid: 'UseKeyOfArchive',
      actions,
      resources: [key.keyArn],
      conditions: { StringEquals: { 'kms:ViaService': `s3.${region}.${urlSuffix}` } },
    },
  ];
}
