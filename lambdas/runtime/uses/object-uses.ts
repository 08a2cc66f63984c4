import { versionedAction } from 'taskbound-evidence/names/object-version';
import { partitionOf } from 'taskbound-evidence/names/partition';
import { fieldOf } from './field-of.ts';
import type { NamedUse } from './named-use.ts';

/**
 * Commands whose IAM action has another name:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
 */
const ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  HeadBucket: 'ListBucket',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListBuckets: 'ListAllMyBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListParts: 'ListMultipartUploadParts',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
  CompleteMultipartUpload: 'PutObject',
  DeleteObjects: 'DeleteObject',
};

/** The bucket or object that a command names. */
type Named = Readonly<Record<'Bucket' | 'Key' | 'VersionId', string | undefined>>;

function useOf(command: string, { Bucket, Key, VersionId }: Named, region: string): NamedUse {
  const action = ACTIONS[command] ?? command;
  const path = Key === undefined ? Bucket : `${Bucket}/${Key}`;
  return {
    action: `s3:${VersionId === undefined ? action : versionedAction(action)}`,
    resource: Bucket === undefined ? '*' : `arn:${partitionOf(region)}:s3:::${path}`,
  };
}

/** Parses a `CopySource`: `bucket/key`, percent-encoded, with or without a leading slash and a version. */
function sourceUse(source: string, region: string): NamedUse {
  const [path = '', VersionId] = source.replace(/^\//, '').split(/\?versionId=(.*)$/);
  return useOf('GetObject', { Bucket: decoded(path), Key: undefined, VersionId }, region);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The entries of `DeleteObjects`. Invalid entries are ignored. */
function entriesOf(input: object): readonly object[] {
  const deleted: unknown = Reflect.get(input, 'Delete');
  const entries: unknown =
    typeof deleted === 'object' && deleted !== null ? Reflect.get(deleted, 'Objects') : [];
  return Array.isArray(entries)
    ? entries.filter((entry: unknown): entry is object => typeof entry === 'object' && entry !== null)
    : [];
}

/**
 * The permissions that an S3 command uses: usually one. A copy reads and writes, and a batch deletion has one
 * use for each object.
 */
export function objectUses(command: string, input: object, region: string): NamedUse[] {
  const Bucket = fieldOf(input, 'Bucket');
  const named = (thing: object): Named => ({
    Bucket,
    Key: fieldOf(thing, 'Key'),
    VersionId: fieldOf(thing, 'VersionId'),
  });
  const source = fieldOf(input, 'CopySource');
  const entries = entriesOf(input);
  const things = entries.length > 0 ? entries : [input];
  return [
    ...(source === undefined ? [] : [sourceUse(source, region)]),
    ...things.map((thing) => useOf(command, named(thing), region)),
  ];
}
