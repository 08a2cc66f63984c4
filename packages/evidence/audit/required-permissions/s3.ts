/**
 * S3's object calls: which permission each one needs
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html) and what its data
 * event contains (https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html).
 */
import { versionedAction } from '../../names/object-version.ts';
import { partitionOf } from '../../names/partition.ts';
import { ownEntry } from '../calls/entry-of.ts';
import { type Fields, textIn, type TrailEvent } from '../trail/trail-event.ts';
import { hasNonText, requiredPermission, type RequiredPermission } from './required-permission.ts';

/** Calls on an object. A call that names a version needs another action. */
const OBJECT_ACTIONS: Readonly<Record<string, string>> = {
  GetObject: 'GetObject',
  HeadObject: 'GetObject',
  PutObject: 'PutObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  AbortMultipartUpload: 'AbortMultipartUpload',
  ListParts: 'ListMultipartUploadParts',
  DeleteObject: 'DeleteObject',
  GetObjectTagging: 'GetObjectTagging',
  PutObjectTagging: 'PutObjectTagging',
  DeleteObjectTagging: 'DeleteObjectTagging',
  GetObjectAcl: 'GetObjectAcl',
  PutObjectAcl: 'PutObjectAcl',
};

/** Calls on a bucket. CloudTrail records `ListObjectsV2` as `ListObjects`. */
const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  HeadBucket: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
};

const LISTING_KEYS = ['prefix', 'delimiter', 'max-keys'] as const;

/**
 * Headers of a write that need a permission in addition to s3:PutObject. Grants have headers such as
 * `x-amz-grant-read`.
 */
const HEADER_ACTIONS: Readonly<Record<string, string>> = {
  'x-amz-acl': 's3:PutObjectAcl',
  'x-amz-tagging': 's3:PutObjectTagging',
  'x-amz-object-lock-mode': 's3:PutObjectRetention',
  'x-amz-object-lock-legal-hold': 's3:PutObjectLegalHold',
};

const GRANT_PREFIX = 'x-amz-grant-';

/** Fields that must contain text. A header needs its permission with any value. */
const TEXT_FIELDS = ['bucketName', 'key', 'versionId', 'x-amz-copy-source', ...LISTING_KEYS];

/** The IAM action for a call's name alone. */
export function s3ActionOf(name: string): string | undefined {
  const action = ownEntry(OBJECT_ACTIONS, name) ?? ownEntry(BUCKET_ACTIONS, name);
  return action === undefined ? undefined : `s3:${action}`;
}

export function s3Permissions(event: TrailEvent): readonly RequiredPermission[] | undefined {
  const { name } = event;
  const parameters = normalized(event.parameters);
  if (hasNonText(parameters, TEXT_FIELDS)) return undefined;
  const bucket = textIn(parameters, 'bucketName');
  if (bucket === '')
    return name === 'ListBuckets' ? [requiredPermission('s3:ListAllMyBuckets', '*')] : undefined;
  const bucketArn = `arn:${partitionOf(event.region)}:s3:::${bucket}`;
  const onBucket = ownEntry(BUCKET_ACTIONS, name);
  if (onBucket !== undefined)
    return [requiredPermission(`s3:${onBucket}`, bucketArn, listing(parameters), LISTING_RECORDED_KEYS)];
  const onObject = ownEntry(OBJECT_ACTIONS, name);
  const key = textIn(parameters, 'key');
  if (onObject === undefined || key === '') return undefined;
  const resource = `${bucketArn}/${key}`;
  const action = textIn(parameters, 'versionId') === '' ? onObject : versionedAction(onObject);
  const own = requiredPermission(`s3:${action}`, resource, headers(parameters));
  return name === 'CopyObject' || name === 'UploadPartCopy'
    ? withSource(event, parameters, [own, ...headerPermissions(parameters, resource)])
    : [own, ...headerPermissions(parameters, resource)];
}

/** Header names in lower case, because they are case-insensitive, and numbers as text. */
const normalized = (parameters: Fields): Fields =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      /^x-amz-/i.test(name) ? name.toLowerCase() : name,
      typeof value === 'number' ? String(value) : value,
    ]),
  );

const LISTING_RECORDED_KEYS = LISTING_KEYS.map((key) => `s3:${key}`);

const listing = (parameters: Fields): Record<string, string> =>
  Object.fromEntries(
    LISTING_KEYS.flatMap((key) => {
      const value = parameters[key];
      return typeof value === 'string' ? [[`s3:${key}`, value]] : [];
    }),
  );

const headers = (parameters: Fields): Record<string, string> =>
  Object.fromEntries(
    Object.entries(parameters).flatMap(([key, value]) =>
      key.startsWith('x-amz-') && typeof value === 'string' ? [[`s3:${key}`, value]] : [],
    ),
  );

const headerPermissions = (parameters: Fields, resource: string): RequiredPermission[] => {
  const names = Object.keys(parameters).map((name) => (name.startsWith(GRANT_PREFIX) ? 'x-amz-acl' : name));
  const actions = names.flatMap((name) => ownEntry(HEADER_ACTIONS, name) ?? []);
  return [...new Set(actions)].map((action) => requiredPermission(action, resource));
};

/** The permission to read the source comes first. Undefined if the source cannot be parsed. */
function withSource(
  event: TrailEvent,
  parameters: Fields,
  writes: readonly RequiredPermission[],
): readonly RequiredPermission[] | undefined {
  const source = copySource(textIn(parameters, 'x-amz-copy-source'));
  if (source === undefined) return undefined;
  const action = source.isVersion ? 's3:GetObjectVersion' : 's3:GetObject';
  return [requiredPermission(action, `arn:${partitionOf(event.region)}:s3:::${source.path}`), ...writes];
}

/** Parses `bucket/key`, which is percent-encoded in the header. Access points (ARNs) are not resolved. */
function copySource(header: string): { readonly path: string; readonly isVersion: boolean } | undefined {
  const [, path = '', version] = /^\/?([^/?]+\/.+?)(\?versionId=.*)?$/.exec(header) ?? [];
  if (path === '' || path.startsWith('arn:')) return undefined;
  try {
    return { path: decodeURIComponent(path), isVersion: version !== undefined };
  } catch {
    return undefined;
  }
}
