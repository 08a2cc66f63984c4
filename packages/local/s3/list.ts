import { AwsError, type RawResponse } from '../gateway/service.ts';
import { authorize, record, xmlResponse, type S3Operation } from './operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const MAX_KEYS = 1_000;

/** The condition keys of a listing. Parameters that were not sent are absent. */
function listContext(query: ReadonlyMap<string, string>): Record<string, string> {
  const context: Record<string, string> = {};
  for (const name of ['prefix', 'delimiter', 'max-keys']) {
    const value = query.get(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  return context;
}

function maxKeysOf(query: ReadonlyMap<string, string>): number {
  const text = query.get('max-keys') ?? String(MAX_KEYS);
  const asked = Number(text);
  if (!Number.isInteger(asked) || asked < 0)
    throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range', 400, {
      ArgumentName: 'max-keys',
      ArgumentValue: text,
    });
  return Math.min(asked, MAX_KEYS);
}

const encodeKey = (key: string): string => encodeURIComponent(key).replaceAll('%2F', '/');

/** The list entry of a key: the key itself, or its common prefix. */
function listedAs(key: string, prefix: string, delimiter: string): string {
  const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
  return end < 0 ? key : key.slice(0, end + delimiter.length);
}

const after = (left: string, right: string): boolean =>
  Buffer.compare(Buffer.from(left), Buffer.from(right)) > 0;

export function listObjectsV2(op: S3Operation): RawResponse {
  const { bucket, query, store } = op;
  record(op, 'ListObjects', true, { 'list-type': '2', ...Object.fromEntries(query) });
  authorize(op, 's3:ListBucket', bucket, undefined, listContext(query));
  const [prefix, delimiter, maxKeys] = [
    query.get('prefix') ?? '',
    query.get('delimiter') ?? '',
    maxKeysOf(query),
  ];
  const token = query.get('continuation-token');
  const from =
    token === undefined ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString('utf8');
  const items = new Map<string, boolean>();
  for (const key of store.sortedKeys(bucket)) {
    const name = listedAs(key, prefix, delimiter);
    if (key.startsWith(prefix) && after(name, from)) items.set(name, name !== key);
  }
  const page = [...items].slice(0, maxKeys);
  const last = page.at(-1)?.[0];
  const isTruncated = page.length < items.size && maxKeys > 0;
  const encode = query.get('encoding-type') === 'url' ? encodeKey : (key: string) => key;
  return xmlResponse('ListBucketResult', {
    Name: bucket.name,
    Prefix: encode(prefix),
    ...(delimiter === '' ? {} : { Delimiter: encode(delimiter) }),
    KeyCount: page.length,
    MaxKeys: maxKeys,
    EncodingType: query.get('encoding-type'),
    IsTruncated: isTruncated,
    ContinuationToken: token,
    NextContinuationToken:
      isTruncated && last !== undefined ? Buffer.from(last).toString('base64url') : undefined,
    Contents: page.filter(([, isPrefix]) => !isPrefix).map(([key]) => contentOf(op, key, encode)),
    CommonPrefixes: page.filter(([, isPrefix]) => isPrefix).map(([name]) => ({ Prefix: encode(name) })),
  });
}

function contentOf({ bucket }: S3Operation, key: string, encode: (key: string) => string) {
  const object = bucket.objects.get(key);
  return {
    Key: encode(key),
    LastModified: new Date(object?.lastModifiedMs ?? 0).toISOString(),
    ETag: object?.etag,
    ChecksumAlgorithm: object?.checksum.algorithm,
    ChecksumType: object?.checksum.type,
    Size: object?.body.length,
    StorageClass: 'STANDARD',
  };
}
