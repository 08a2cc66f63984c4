import * as z from 'zod';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Loader } from './load-context.ts';
import { policyOf } from './policies.ts';
import { boolean, readProperties, cannotLoad } from './properties.ts';
import type { ResolvedResource } from './resolve.ts';

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));
const index = z.looseObject({ IndexName: z.string(), KeySchema: keySchema, Projection: z.unknown() });

/** A replica has the policy of the table in its region. */
const replica = z.looseObject({
  ResourcePolicy: z.undefined('the embedded AWS has no resource policies of tables').optional(),
});

const tableProperties = z.looseObject({
  KeySchema: keySchema,
  Replicas: z.array(replica).default([]),
  AttributeDefinitions: z.array(z.unknown()),
  GlobalSecondaryIndexes: z.array(index).default([]),
  LocalSecondaryIndexes: z.array(index).default([]),
});

const keyOf = (schema: z.infer<typeof keySchema>, type: 'HASH' | 'RANGE'): string | undefined =>
  schema.find(({ KeyType }) => KeyType === type)?.AttributeName;

const plainIndexes = (indexes: readonly z.infer<typeof index>[]): object[] =>
  indexes.map(({ IndexName, KeySchema, Projection }) => ({ IndexName, KeySchema, Projection }));

const SHAPE = [
  'KeySchema',
  'AttributeDefinitions',
  'GlobalSecondaryIndexes',
  'LocalSecondaryIndexes',
] as const;

const shapeOf = ({ properties }: ResolvedResource): string =>
  JSON.stringify(SHAPE.map((name) => properties[name]));

export const loadTable: Loader = async (resource, { dynamodb, previous }) => {
  const before = previous.get(resource.logicalId);
  if (before?.physicalId === resource.physicalId) {
    if (shapeOf(before) === shapeOf(resource)) return;
    throw cannotLoad(resource, 'an update changes its keys or indexes, which is not supported');
  }
  const { KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, LocalSecondaryIndexes } = readProperties(
    tableProperties,
    resource,
  );
  const range = keyOf(KeySchema, 'RANGE');
  const hashes = [...GlobalSecondaryIndexes, ...LocalSecondaryIndexes].map(
    (one) => [one.IndexName, keyOf(one.KeySchema, 'HASH') ?? ''] as const,
  );
  await dynamodb.createTable({
    name: resource.physicalId,
    arn: resource.arn,
    hash: keyOf(KeySchema, 'HASH') ?? '',
    ...omitUndefined({ range }),
    indexes: Object.fromEntries(hashes),
    definition: {
      TableName: resource.physicalId,
      ...{ KeySchema, AttributeDefinitions, BillingMode: 'PAY_PER_REQUEST' },
      ...(GlobalSecondaryIndexes.length > 0 && {
        GlobalSecondaryIndexes: plainIndexes(GlobalSecondaryIndexes),
      }),
      ...(LocalSecondaryIndexes.length > 0 && { LocalSecondaryIndexes: plainIndexes(LocalSecondaryIndexes) }),
    },
  });
};

const bucketProperties = z.looseObject({
  ObjectLockEnabled: boolean.default(false),
  ObjectLockConfiguration: z.looseObject({ ObjectLockEnabled: z.literal('Enabled') }).optional(),
  VersioningConfiguration: z.looseObject({ Status: z.string() }).optional(),
});

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html#cfn-s3-bucket-objectlockenabled */
export const loadBucket: Loader = (resource, { s3 }) => {
  const bucket = readProperties(bucketProperties, resource);
  const objectLock = bucket.ObjectLockEnabled;
  if (bucket.ObjectLockConfiguration !== undefined && !objectLock)
    throw cannotLoad(resource, 'it has an Object Lock rule, but Object Lock is not enabled');
  if (objectLock && bucket.VersioningConfiguration?.Status === 'Suspended')
    throw cannotLoad(resource, 'it has Object Lock, which needs versioning');
  s3.createBucket(resource.physicalId, { objectLock });
};

export const loadBucketPolicy: Loader = (resource, { s3 }) => {
  const { Bucket, PolicyDocument } = readProperties(
    z.looseObject({ Bucket: z.string(), PolicyDocument: z.unknown() }),
    resource,
  );
  s3.setBucketPolicy(Bucket, policyOf(PolicyDocument, 'resource', resource));
};

export const loadParameter: Loader = (resource, { ssm, atMs }) => {
  const { Value } = readProperties(z.looseObject({ Type: z.literal('String'), Value: z.string() }), resource);
  ssm.putParameter(resource.physicalId, Value, atMs);
};

const P256 = 'ECC_NIST_P256';
/**
 * An encryption key or a signing key:
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-kms-key.html
 */
const keyProperties = z.discriminatedUnion('KeyUsage', [
  z.looseObject({
    KeyUsage: z.literal('ENCRYPT_DECRYPT').default('ENCRYPT_DECRYPT'),
    KeySpec: z.literal('SYMMETRIC_DEFAULT').default('SYMMETRIC_DEFAULT'),
    KeyPolicy: z.unknown(),
  }),
  z.looseObject({ KeyUsage: z.literal('SIGN_VERIFY'), KeySpec: z.literal(P256), KeyPolicy: z.unknown() }),
]);

export const loadKey: Loader = (resource, { keys }) => {
  const { KeyPolicy, KeySpec } = readProperties(keyProperties, resource);
  const policy = policyOf(KeyPolicy, 'resource', resource);
  if (policy !== undefined) keys.put(resource.arn, policy, KeySpec === P256 ? 'signs' : 'encrypts');
};

export const loadAlias: Loader = (resource, { keys }) => {
  const { TargetKeyId } = readProperties(z.looseObject({ TargetKeyId: z.string() }), resource);
  keys.putAlias(resource.physicalId, keys.arn(TargetKeyId));
};
