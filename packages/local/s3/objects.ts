import { AwsError, type RawResponse } from '../gateway/service.ts';
import { checksumHeaders, assertSentChecksum, validatedChecksum } from './checksums.ts';
import {
  requestedChecksum,
  authorize,
  checkWriteConditions,
  emptyResponse,
  requireObject,
  metadataOf,
  record,
  sameEtag,
  preconditionFailed,
  tagsOf,
  type S3Operation,
} from './operation.ts';
import { etagOf, type StoredObject } from './store.ts';
import { parseRange } from './target.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export function putObject(op: S3Operation): RawResponse {
  const { bucket, key, body, headers, call, store } = op;
  record(op, 'PutObject', false);
  const tags = tagsOf(headers);
  authorize(op, 's3:PutObject', bucket, key);
  if (Object.keys(tags).length > 0) authorize(op, 's3:PutObjectTagging', bucket, key);
  if (body.length > store.limits.copyBytes)
    throw new AwsError('EntityTooLarge', 'Your proposed upload exceeds the maximum allowed size', 400, {
      ProposedSize: body.length,
      MaxSizeAllowed: store.limits.copyBytes,
    });
  const checksum = validatedChecksum(body, headers);
  if (bucket.objectLock) assertSentChecksum(headers);
  checkWriteConditions(op);
  const object = {
    body,
    etag: etagOf(body),
    checksum,
    lastModifiedMs: call.atMs,
    headers: metadataOf(headers),
    tags,
  };
  store.putObject(bucket, key, object);
  return emptyResponse({ etag: object.etag, ...checksumHeaders(checksum) });
}

const describe = (object: StoredObject): Record<string, string> => ({
  ...object.headers,
  etag: object.etag,
  'last-modified': new Date(object.lastModifiedMs).toUTCString(),
  'accept-ranges': 'bytes',
  ...(Object.keys(object.tags).length === 0
    ? {}
    : { 'x-amz-tagging-count': String(Object.keys(object.tags).length) }),
});

function checkReadConditions(op: S3Operation, object: StoredObject): void {
  const { 'if-match': match, 'if-none-match': noneMatch } = op.headers;
  if (match !== undefined && !sameEtag(match, object.etag)) throw preconditionFailed('If-Match');
  if (noneMatch !== undefined && sameEtag(noneMatch, object.etag))
    throw new AwsError('NotModified', 'Not Modified', 304);
}

/** Reads the object for GetObject and HeadObject, which need the same permission. */
function readable(op: S3Operation): StoredObject {
  const tags = Object.entries(op.bucket.objects.get(op.key)?.tags ?? {}).map(([name, value]) => [
    `s3:ExistingObjectTag/${name}`,
    value,
  ]);
  authorize(op, 's3:GetObject', op.bucket, op.key, Object.fromEntries(tags));
  const object = requireObject(op, op.bucket, op.key);
  checkReadConditions(op, object);
  return object;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export function getObject(op: S3Operation): RawResponse {
  record(op, 'GetObject', true);
  const object = readable(op);
  const size = object.body.length;
  const range = parseRange(op.headers['range'], size);
  if (range === undefined) {
    return {
      status: 200,
      headers: { ...describe(object), ...requestedChecksum(op, object), 'content-length': String(size) },
      body: object.body,
    };
  }
  const body = object.body.subarray(range.first, range.last + 1);
  const position = {
    'content-range': `bytes ${range.first}-${range.last}/${size}`,
    'content-length': String(body.length),
  };
  return { status: 206, headers: { ...describe(object), ...position }, body };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export function headObject(op: S3Operation): RawResponse {
  record(op, 'HeadObject', true);
  const object = readable(op);
  return emptyResponse({
    ...describe(object),
    ...requestedChecksum(op, object),
    'content-length': String(object.body.length),
  });
}
