import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { DeclarationError } from '../../core/shared/errors.ts';
import { acceptFinding } from '../functions/accepted-findings.ts';

/** The part of a bucket that an archive needs. `s3.Bucket` is not assignable to `s3.IBucket` under exactOptionalPropertyTypes. */
export type ArchiveBucket = Pick<s3.IBucket, 'bucketName' | 'bucketArn' | 'arnForObjects' | 'encryptionKey'>;

/** Where the evidence of every closed boundary is put as a file, in addition to the table. */
export interface IEvidenceArchive {
  /** `s3://bucket/prefix/`: as the stack's output `EvidenceArchive`, `taskbound archive` finds it. */
  readonly uri: string;
  readonly bucket: ArchiveBucket;
  /** The start of every key: empty, or folders that end in `/`. */
  readonly prefix: string;
}

export interface EvidenceArchiveProps {
  /**
   * How long an object cannot be changed or deleted. `s3.ObjectLockRetention.governance(…)` excepts principals with
   * `s3:BypassGovernanceRetention`; `s3.ObjectLockRetention.compliance(…)` excepts no principal, not even the account's root user.
   */
  readonly retention: s3.ObjectLockRetention;
  /** The start of every key: folders that end in `/`. @default - none */
  readonly prefix?: string;
  /** @default - a key that S3 manages */
  readonly encryptionKey?: kms.IKey;
  /** Receives the access logs. @default - none: CloudTrail's data events contain more */
  readonly serverAccessLogsBucket?: s3.IBucket;
}

/** A bucket whose objects are written once and locked. It is kept when its stack is deleted. */
export class EvidenceArchive extends Construct implements IEvidenceArchive {
  readonly uri: string;
  readonly bucket: s3.Bucket;
  readonly prefix: string;

  /** A bucket that exists already. It must have Object Lock and a default retention, and should require `If-None-Match` of every put. */
  static fromBucket(bucket: ArchiveBucket, prefix = ''): IEvidenceArchive {
    return { bucket, prefix: checkedPrefix(prefix), uri: `s3://${bucket.bucketName}/${prefix}` };
  }

  constructor(scope: Construct, id: string, props: EvidenceArchiveProps) {
    super(scope, id);
    const { retention, encryptionKey, serverAccessLogsBucket } = props;
    this.prefix = checkedPrefix(props.prefix ?? '');
    this.bucket = new s3.Bucket(this, 'Bucket', {
      versioned: true,
      objectLockEnabled: true,
      objectLockDefaultRetention: retention,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      encryption: encryptionKey === undefined ? s3.BucketEncryption.S3_MANAGED : s3.BucketEncryption.KMS,
      enforceSSL: true,
      ...omitUndefined({ encryptionKey, serverAccessLogsBucket }),
    });
    this.uri = `s3://${this.bucket.bucketName}/${this.prefix}`;
    this.bucket.addToResourcePolicy(neverOverwrite(this.bucket));
    if (serverAccessLogsBucket === undefined) acceptFinding(this.bucket, 'S1', NO_ACCESS_LOGS);
  }
}

const NO_ACCESS_LOGS =
  'Objects are written once by one function; CloudTrail data events name every reader. Set serverAccessLogsBucket for access logs.';

/** Denies every put over an existing object, every copy and every multipart upload: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes-enforce.html */
const neverOverwrite = (bucket: ArchiveBucket): iam.PolicyStatement =>
  new iam.PolicyStatement({
    sid: 'OnlyWhereNoneStands',
    effect: iam.Effect.DENY,
    principals: [new iam.AnyPrincipal()],
    actions: ['s3:PutObject'],
    resources: [bucket.arnForObjects('*')], // The Deny applies to every object of the bucket.
    conditions: { Null: { 's3:if-none-match': 'true' } },
  });

/** Folders that need no encoding in IAM and S3: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html#object-key-guidelines-safe-characters */
const PREFIX = /^([A-Za-z0-9_-][A-Za-z0-9._-]{0,62}\/){0,8}$/;

function checkedPrefix(prefix: string): string {
  if (PREFIX.test(prefix)) return prefix;
  throw new DeclarationError(
    `The archive's prefix is ${JSON.stringify(prefix)}; allowed: empty, or up to eight folders of letters, digits, ".", "_" and "-", each followed by "/", such as "evidence/". Correct it.`,
  );
}
