import { versionedAction } from 'taskbound-evidence/names/object-version';
import { partitionOf } from 'taskbound-evidence/names/partition';
import { fieldOf } from './field-of.ts';
import type { NamedUse } from './named-use.ts';

/** Where IAM's action has another name than the command: https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html */
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

/** One thing that a command names. */
type Named = Readonly<Record<'Bucket' | 'Key' | 'VersionId', string | undefined>>;

function useOf(command: string, { Bucket, Key, VersionId }: Named, region: string): NamedUse {
  const action = ACTIONS[command] ?? command;
  const path = Key === undefined ? Bucket : `${Bucket}/${Key}`;
  return {
    action: `s3:${VersionId === undefined ? action : versionedAction(action)}`,
    resource: Bucket === undefined ? '*' : `arn:${partitionOf(region)}:s3:::${path}`,
  };
}

/** `bucket/key` percent-encoded, with or without a slash before it, and a version after it, as `CopySource` has it. */
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

/** The entries of `DeleteObjects`; what is none names no object. */
function entriesOf(input: object): readonly object[] {
  const deleted: unknown = Reflect.get(input, 'Delete');
  const entries: unknown =
    typeof deleted === 'object' && deleted !== null ? Reflect.get(deleted, 'Objects') : [];
  return Array.isArray(entries)
    ? entries.filter((entry: unknown): entry is object => typeof entry === 'object' && entry !== null)
    : [];
}

/** What a command of S3 uses: usually one permission; a copy reads and writes, and several objects that are deleted are one use each. */
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
