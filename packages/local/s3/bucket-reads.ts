import type { Call, RawResponse } from '../gateway/service.ts';
import { AwsError } from '../gateway/service.ts';
import { ACCOUNT_ID, REGION } from '../gateway/account-and-region.ts';
import type { XmlFields } from '../gateway/wire/xml.ts';
import { authorize, emptyResponse, record, xmlResponse, type S3Operation } from './operation.ts';
import type { S3Store } from './store.ts';

/** What a template says about a bucket. */
export interface BucketFacts {
  createdMs(bucket: string): number;
  /** A field of the bucket's properties. */
  field(bucket: string, ...path: readonly string[]): unknown;
  tags(bucket: string): readonly { readonly Key: string; readonly Value: string }[];
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html */
const MAX_BUCKETS = 10_000;

export function listBuckets(
  store: S3Store,
  facts: BucketFacts,
  query: ReadonlyMap<string, string>,
  call: Call,
): RawResponse {
  call.record({ eventName: 'ListBuckets', readOnly: true });
  call.authorize({ action: 's3:ListAllMyBuckets', resource: '*' });
  const prefix = query.get('prefix') ?? '';
  const max = Number(query.get('max-buckets') ?? MAX_BUCKETS);
  if (!Number.isInteger(max) || max < 1 || max > MAX_BUCKETS)
    throw new AwsError('InvalidArgument', `max-buckets must be from 1 to ${MAX_BUCKETS}.`);
  const after = Buffer.from(query.get('continuation-token') ?? '', 'base64url').toString('utf8');
  const names = [...store.buckets.keys()].filter((name) => name.startsWith(prefix) && name > after).sort();
  const shown = (query.get('bucket-region') ?? REGION) === REGION ? names.slice(0, max) : [];
  const last = shown.at(-1);
  const Bucket = shown.map((Name) => ({
    Name,
    CreationDate: new Date(facts.createdMs(Name)).toISOString(),
    BucketRegion: REGION,
    BucketArn: `arn:aws:s3:::${Name}`,
  }));
  return xmlResponse('ListAllMyBucketsResult', {
    Owner: { ID: ACCOUNT_ID },
    Buckets: { Bucket },
    ...(last !== undefined &&
      shown.length < names.length && { ContinuationToken: Buffer.from(last).toString('base64url') }),
    ...(prefix !== '' && { Prefix: prefix }),
  });
}

export function headBucket(op: S3Operation): RawResponse {
  record(op, 'HeadBucket', true);
  authorize(op, 's3:ListBucket', op.bucket, undefined);
  return emptyResponse({ 'x-amz-bucket-region': REGION, 'x-amz-access-point-alias': 'false' });
}

interface BucketRead {
  readonly operation: string;
  readonly action: string;
  readonly root: string;
  /** Throws AWS's error when the bucket has no such configuration. */
  readonly describe: (op: S3Operation, facts: BucketFacts) => XmlFields;
}

const none = (code: string, message: string, bucket: string): AwsError =>
  new AwsError(code, message, 404, { BucketName: bucket });

const isTrue = (value: unknown): boolean => String(value) === 'true';

/** The calls for one part of a bucket's configuration, by the query parameter that selects it: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
const BUCKET_READS: Readonly<Record<string, BucketRead>> = {
  location: {
    operation: 'GetBucketLocation',
    action: 's3:GetBucketLocation',
    root: 'LocationConstraint',
    describe: () => ({}),
  },
  versioning: {
    operation: 'GetBucketVersioning',
    action: 's3:GetBucketVersioning',
    root: 'VersioningConfiguration',
    describe: ({ bucket }, facts) => {
      const status = bucket.objectLock
        ? 'Enabled'
        : facts.field(bucket.name, 'VersioningConfiguration', 'Status');
      return typeof status === 'string' ? { Status: status } : {};
    },
  },
  encryption: {
    operation: 'GetBucketEncryption',
    action: 's3:GetEncryptionConfiguration',
    root: 'ServerSideEncryptionConfiguration',
    describe: ({ bucket }, facts) => {
      const rule = ['BucketEncryption', 'ServerSideEncryptionConfiguration', '0'];
      const byDefault = [...rule, 'ServerSideEncryptionByDefault'];
      const [algorithm, key] = ['SSEAlgorithm', 'KMSMasterKeyID'].map((name) =>
        facts.field(bucket.name, ...byDefault, name),
      );
      return {
        Rule: {
          ApplyServerSideEncryptionByDefault: {
            // Every bucket has this by default: https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
            SSEAlgorithm: typeof algorithm === 'string' ? algorithm : 'AES256',
            KMSMasterKeyID: typeof key === 'string' ? key : undefined,
          },
          BucketKeyEnabled: isTrue(facts.field(bucket.name, ...rule, 'BucketKeyEnabled')),
        },
      };
    },
  },
  publicAccessBlock: {
    operation: 'GetPublicAccessBlock',
    action: 's3:GetBucketPublicAccessBlock',
    root: 'PublicAccessBlockConfiguration',
    describe: ({ bucket }, facts) => {
      const configured = facts.field(bucket.name, 'PublicAccessBlockConfiguration');
      if (configured === undefined)
        throw none(
          'NoSuchPublicAccessBlockConfiguration',
          'The public access block configuration was not found',
          bucket.name,
        );
      const names = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];
      const fields = names.map((name) => [
        name,
        isTrue(facts.field(bucket.name, 'PublicAccessBlockConfiguration', name)),
      ]);
      return Object.fromEntries(fields) as XmlFields;
    },
  },
  tagging: {
    operation: 'GetBucketTagging',
    action: 's3:GetBucketTagging',
    root: 'Tagging',
    describe: ({ bucket }, facts) => {
      const tags = facts.tags(bucket.name);
      if (tags.length === 0) throw none('NoSuchTagSet', 'The TagSet does not exist', bucket.name);
      return { TagSet: { Tag: tags.map(({ Key, Value }) => ({ Key, Value })) } };
    },
  },
  'object-lock': {
    operation: 'GetObjectLockConfiguration',
    action: 's3:GetBucketObjectLockConfiguration',
    root: 'ObjectLockConfiguration',
    describe: ({ bucket }, facts) => {
      if (!bucket.objectLock)
        throw none(
          'ObjectLockConfigurationNotFoundError',
          'Object Lock configuration does not exist for this bucket',
          bucket.name,
        );
      const retention = ['ObjectLockConfiguration', 'Rule', 'DefaultRetention'];
      const [mode, days, years] = ['Mode', 'Days', 'Years'].map((name) =>
        facts.field(bucket.name, ...retention, name),
      );
      const number = (value: unknown): number | undefined =>
        value === undefined ? undefined : Number(value);
      const DefaultRetention = { Mode: String(mode), Days: number(days), Years: number(years) };
      return { ObjectLockEnabled: 'Enabled', Rule: mode === undefined ? undefined : { DefaultRetention } };
    },
  },
};

export const BUCKET_QUERIES = [...Object.keys(BUCKET_READS), 'policy', 'versions'];

/** The call for a part of a bucket's configuration that the query selects; undefined when it selects none. */
export function bucketRead(
  query: ReadonlyMap<string, string>,
  facts: BucketFacts,
): ((op: S3Operation) => RawResponse) | undefined {
  const found = Object.entries(BUCKET_READS).find(([name]) => query.has(name))?.[1];
  if (found === undefined) return query.has('policy') ? getBucketPolicy : undefined;
  return (op) => {
    record(op, found.operation, true);
    authorize(op, found.action, op.bucket, undefined);
    const fields = found.describe(op, facts);
    // The location is the text of the root element itself.
    return found.root === 'LocationConstraint' ? locationResponse() : xmlResponse(found.root, fields);
  };
}

const locationResponse = (): RawResponse => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${REGION}</LocationConstraint>`,
  ),
});

function getBucketPolicy(op: S3Operation): RawResponse {
  const { bucket } = op;
  record(op, 'GetBucketPolicy', true);
  authorize(op, 's3:GetBucketPolicy', bucket, undefined);
  if (bucket.policy === undefined)
    throw none('NoSuchBucketPolicy', 'The bucket policy does not exist', bucket.name);
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: Buffer.from(JSON.stringify(bucket.policy)) };
}
