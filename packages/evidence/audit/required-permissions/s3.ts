/**
 * Object calls of S3: which permission each needs (https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html)
 * and what its data event shows (https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html).
 */
import { versionedAction } from '../../names/object-version.ts';
import { partitionOf } from '../../names/partition.ts';
import { entryOf } from '../calls/entry-of.ts';
import { type Fields, textIn, type TrailEvent } from '../trail/trail-event.ts';
import { isOdd, need, type Need } from './required-permission.ts';

/** On an object. Where it names a version, another action is asked. */
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

/** On the bucket. Version 2 of the listing is recorded under the name of the first. */
const BUCKET_ACTIONS: Readonly<Record<string, string>> = {
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  HeadBucket: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListMultipartUploads: 'ListBucketMultipartUploads',
};

const LISTING_KEYS = ['prefix', 'delimiter', 'max-keys'] as const;

/** Headers of a write that ask for a permission beside s3:PutObject. Those of a grant are `x-amz-grant-read` and the like. */
const EXTRAS: Readonly<Record<string, string>> = {
  'x-amz-acl': 's3:PutObjectAcl',
  'x-amz-tagging': 's3:PutObjectTagging',
  'x-amz-object-lock-mode': 's3:PutObjectRetention',
  'x-amz-object-lock-legal-hold': 's3:PutObjectLegalHold',
};

const GRANT = 'x-amz-grant-';

/** Fields whose form must be known; what headers ask for, they ask for in any form. */
const FIELDS = ['bucketName', 'key', 'versionId', 'x-amz-copy-source', ...LISTING_KEYS];

/** Of a call's name alone. */
export function s3ActionOf(name: string): string | undefined {
  const action = entryOf(OBJECT_ACTIONS, name) ?? entryOf(BUCKET_ACTIONS, name);
  return action === undefined ? undefined : `s3:${action}`;
}

export function s3Needs(event: TrailEvent): readonly Need[] | undefined {
  const { name } = event;
  const parameters = inOneForm(event.parameters);
  if (isOdd(parameters, FIELDS)) return undefined;
  const bucket = textIn(parameters, 'bucketName');
  if (bucket === '') return name === 'ListBuckets' ? [need('s3:ListAllMyBuckets', '*')] : undefined;
  const bucketArn = `arn:${partitionOf(event.region)}:s3:::${bucket}`;
  const onBucket = entryOf(BUCKET_ACTIONS, name);
  if (onBucket !== undefined) return [need(`s3:${onBucket}`, bucketArn, listing(parameters), LISTING_SHOWS)];
  const onObject = entryOf(OBJECT_ACTIONS, name);
  const key = textIn(parameters, 'key');
  if (onObject === undefined || key === '') return undefined;
  const resource = `${bucketArn}/${key}`;
  const action = textIn(parameters, 'versionId') === '' ? onObject : versionedAction(onObject);
  const own = need(`s3:${action}`, resource, headers(parameters));
  return name === 'CopyObject' || name === 'UploadPartCopy'
    ? withSource(event, parameters, [own, ...extras(parameters, resource)])
    : [own, ...extras(parameters, resource)];
}

/** Names of headers are the same in any case, and a number is its digits. */
const inOneForm = (parameters: Fields): Fields =>
  Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      /^x-amz-/i.test(name) ? name.toLowerCase() : name,
      typeof value === 'number' ? String(value) : value,
    ]),
  );

const LISTING_SHOWS = LISTING_KEYS.map((key) => `s3:${key}`);

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

const extras = (parameters: Fields, resource: string): Need[] => {
  const names = Object.keys(parameters).map((name) => (name.startsWith(GRANT) ? 'x-amz-acl' : name));
  const actions = names.flatMap((name) => entryOf(EXTRAS, name) ?? []);
  return [...new Set(actions)].map((action) => need(action, resource));
};

/** What a copy reads comes first. Without a source that can be read, nobody knows what was read. */
function withSource(
  event: TrailEvent,
  parameters: Fields,
  writes: readonly Need[],
): readonly Need[] | undefined {
  const source = copySource(textIn(parameters, 'x-amz-copy-source'));
  if (source === undefined) return undefined;
  const action = source.isVersion ? 's3:GetObjectVersion' : 's3:GetObject';
  return [need(action, `arn:${partitionOf(event.region)}:s3:::${source.path}`), ...writes];
}

/** `bucket/key`, percent-encoded as the header has it; access points are ARNs, and not looked through. */
function copySource(header: string): { readonly path: string; readonly isVersion: boolean } | undefined {
  const [, path = '', version] = /^\/?([^/?]+\/.+?)(\?versionId=.*)?$/.exec(header) ?? [];
  if (path === '' || path.startsWith('arn:')) return undefined;
  try {
    return { path: decodeURIComponent(path), isVersion: version !== undefined };
  } catch {
    return undefined;
  }
}
