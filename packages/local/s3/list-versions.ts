import { AwsError, type RawResponse } from '../gateway/service.ts';
import { authorize, record, xmlResponse, type S3Operation } from './operation.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html */
const MAX_KEYS = 1_000;

/** The version id of an object that was put without versioning. Only the current version is kept here. */
const VERSION_ID = 'null';

export function listObjectVersions(op: S3Operation): RawResponse {
  const { bucket, query, store } = op;
  record(op, 'ListObjectVersions', true);
  authorize(op, 's3:ListBucketVersions', bucket, undefined);
  if (query.has('delimiter') || query.has('version-id-marker'))
    throw new AwsError(
      'NotImplemented',
      'The embedded S3 lists versions without delimiter and version-id-marker.',
      501,
    );
  const [prefix, after] = [query.get('prefix') ?? '', query.get('key-marker') ?? ''];
  const max = Math.min(Number(query.get('max-keys') ?? MAX_KEYS), MAX_KEYS);
  const keys = store
    .sortedKeys(bucket)
    .filter(
      (key) =>
        key.startsWith(prefix) && (after === '' || Buffer.compare(Buffer.from(key), Buffer.from(after)) > 0),
    );
  const page = keys.slice(0, max);
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (key: string) => key;
  const IsTruncated = page.length < keys.length;
  return xmlResponse('ListVersionsResult', {
    ...{ Name: bucket.name, Prefix: encode(prefix), KeyMarker: encode(after), MaxKeys: max, IsTruncated },
    EncodingType: query.get('encoding-type'),
    NextKeyMarker: IsTruncated ? encode(page.at(-1) ?? '') : undefined,
    Version: page.map((key) => {
      const object = bucket.objects.get(key);
      return {
        Key: encode(key),
        VersionId: VERSION_ID,
        IsLatest: true,
        LastModified: new Date(object?.lastModifiedMs ?? 0).toISOString(),
        ETag: object?.etag,
        Size: object?.body.length,
        StorageClass: 'STANDARD',
      };
    }),
  });
}
