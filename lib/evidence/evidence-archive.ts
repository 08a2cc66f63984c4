import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { archiveFolder, archiveKey } from 'taskbound-evidence/chain/bundle';
import { DeclarationError } from '../../core/shared/errors.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { acceptFinding } from '../functions/accepted-findings.ts';
import type { Permission } from '../functions/permission.ts';

/** What is used of a bucket. */
export type ArchiveBucket = Pick<s3.IBucket, 'bucketName' | 'bucketArn' | 'arnForObjects' | 'encryptionKey'>;

/** Where the evidence of every closed boundary is put as a file, besides the table. */
export interface IEvidenceArchive {
  /** `s3://bucket/prefix/`: the output `EvidenceArchive` lets `taskbound archive` find it. */
  readonly uri: string;
  readonly bucket: ArchiveBucket;
  /** What every key begins with: empty, or folders that end in `/`. */
  readonly prefix: string;
}

export interface EvidenceArchiveProps {
  /**
   * For how long nobody may change or delete what was put, and who is nobody: `s3.ObjectLockRetention.governance(…)` leaves it to those with
   * `s3:BypassGovernanceRetention`; `s3.ObjectLockRetention.compliance(…)` leaves it to no one, not to the account's root user either.
   */
  readonly retention: s3.ObjectLockRetention;
  /** What every key begins with: folders that end in `/`. @default - none */
  readonly prefix?: string;
  /** @default - a key that S3 manages */
  readonly encryptionKey?: kms.IKey;
  /** Gets the access logs. @default - none: CloudTrail's data events tell more */
  readonly serverAccessLogsBucket?: s3.IBucket;
}

/** A bucket whose objects are written once and locked. It is kept when its stack is deleted. */
export class EvidenceArchive extends Construct implements IEvidenceArchive {
  readonly uri: string;
  readonly bucket: s3.Bucket;
  readonly prefix: string;

  /** A bucket that stands already. It must have Object Lock and a default retention, and should demand `If-None-Match` of everybody. */
  static fromBucket(bucket: ArchiveBucket, prefix = ''): IEvidenceArchive {
    return { bucket, prefix: checkedPrefix(prefix), uri: `s3://${bucket.bucketName}/${prefix}` };
  }

  constructor(scope: Construct, id: string, props: EvidenceArchiveProps) {
    super(scope, id);
    this.prefix = checkedPrefix(props.prefix ?? '');
    this.bucket = new s3.Bucket(this, 'Bucket', {
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: props.retention,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption:
        props.encryptionKey === undefined ? s3.BucketEncryption.S3_MANAGED : s3.BucketEncryption.KMS,
      enforceSSL: true,
      ...omitUndefined({
        encryptionKey: props.encryptionKey,
        serverAccessLogsBucket: props.serverAccessLogsBucket,
      }),
    });
    this.uri = `s3://${this.bucket.bucketName}/${this.prefix}`;
    this.bucket.addToResourcePolicy(onlyWhereNoneStands(this.bucket));
    if (props.serverAccessLogsBucket === undefined) {
      acceptFinding(
        this.bucket,
        'S1',
        'Objects are written once by one function; CloudTrail data events name every reader. Give serverAccessLogsBucket for access logs.',
      );
    }
  }
}

/** Nobody puts an object over another, copies one there or uploads one in parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html */
const onlyWhereNoneStands = (bucket: ArchiveBucket): iam.PolicyStatement =>
  new iam.PolicyStatement({
    sid: 'OnlyWhereNoneStands',
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects('*')], // a Deny: on no object of the bucket
    conditions: { Null: { 's3:if-none-match': 'true' } },
  });

/** Folders that IAM and S3 take as they are: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html#object-key-guidelines-safe-characters */
const PREFIX = /^([A-Za-z0-9_-][A-Za-z0-9._-]{0,62}\/){0,8}$/;

function checkedPrefix(prefix: string): string {
  if (PREFIX.test(prefix)) return prefix;
  throw new DeclarationError(
    `The archive's prefix is ${JSON.stringify(prefix)}; allowed: nothing, or up to eight folders of letters, digits, ".", "_" and "-", each with a "/" behind it, such as "evidence/". Correct it.`,
  );
}

const bundlesOf = (scope: Construct, { bucket, prefix }: IEvidenceArchive): string =>
  bucket.arnForObjects(`${prefix}${archiveKey(Stack.of(scope).stackName, '*')}`);
const BUNDLES_OPEN = 'Bundles are named after boundaries, which are not known at deployment.';

/** Lets whoever reads evidence read its copies too, and list them: what the table lost must be found by what the archive has. */
export const readArchive = (scope: Construct, archive: IEvidenceArchive): Permission[] => [
  {
    sid: 'ListArchivedEvidence',
    actions: ['s3:ListBucket'],
    resources: [archive.bucket.bucketArn],
    conditions: {
      StringEquals: { 's3:prefix': `${archive.prefix}${archiveFolder(Stack.of(scope).stackName)}` },
    },
  },
  {
    sid: 'ReadArchivedEvidence',
    actions: ['s3:GetObject'],
    resources: [bundlesOf(scope, archive)],
    openBecause: BUNDLES_OPEN,
  },
  ...keyOfArchive(scope, archive.bucket.encryptionKey, ['kms:Decrypt']),
];

/** What `close-boundary` may do in the archive: put where none stands, and see what stands. Never delete, overwrite or unlock. */
export function useArchive(scope: Construct, archive: IEvidenceArchive): Permission[] {
  const resources = [bundlesOf(scope, archive)];
  const openBecause = BUNDLES_OPEN;
  return [
    {
      sid: 'ArchiveEvidence',
      actions: ['s3:PutObject'],
      resources,
      conditions: { Null: { 's3:if-none-match': 'false' } },
      openBecause,
    },
    { sid: 'SeeArchivedEvidence', actions: ['s3:GetObject'], resources, openBecause },
    ...keyOfArchive(scope, archive.bucket.encryptionKey, ['kms:GenerateDataKey', 'kms:Decrypt']),
  ];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html */
const keyOfArchive = (
  scope: Construct,
  key: kms.IKey | undefined,
  actions: readonly string[],
): Permission[] =>
  key === undefined
    ? []
    : [
        {
          sid: 'UseKeyOfArchive',
          actions,
          resources: [key.keyArn],
          conditions: {
            StringEquals: { 'kms:ViaService': `s3.${Stack.of(scope).region}.${Stack.of(scope).urlSuffix}` },
          },
        },
      ];
