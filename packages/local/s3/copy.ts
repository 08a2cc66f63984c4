import { AwsError, type RawResponse } from '../gateway/service.ts';
import { algorithmOf, checksumOf } from './checksums.ts';
import {
  authorize,
  checkWriteConditions,
  checksumFields,
  requireObject,
  metadataOf,
  preconditionFailed,
  record,
  sameEtag,
  tagsOf,
  xmlResponse,
  type S3Operation,
} from './operation.ts';
import { etagOf, type Bucket, type StoredObject } from './store.ts';
import { parseCopySource } from './target.ts';

interface Source {
  readonly bucket: Bucket;
  readonly key: string;
  readonly object: StoredObject;
}

/** The source of a copy. Checks first that the caller may read it and that its conditions hold. */
export function copySource(op: S3Operation): Source {
  const asked = parseCopySource(op.headers['x-amz-copy-source'] ?? '');
  const bucket = op.store.bucket(asked.bucket);
  authorize(op, 's3:GetObject', bucket, asked.key);
  const object = requireObject(op, bucket, asked.key);
  const { 'x-amz-copy-source-if-match': match, 'x-amz-copy-source-if-none-match': noneMatch } = op.headers;
  if (match !== undefined && !sameEtag(match, object.etag))
    throw preconditionFailed('x-amz-copy-source-If-Match');
  if (noneMatch !== undefined && sameEtag(noneMatch, object.etag))
    throw preconditionFailed('x-amz-copy-source-If-None-Match');
  return { bucket, key: asked.key, object };
}

function directive(op: S3Operation, name: string): 'COPY' | 'REPLACE' {
  const value = op.headers[name] ?? 'COPY';
  if (value !== 'COPY' && value !== 'REPLACE')
    throw new AwsError('InvalidArgument', `Unknown ${name}: ${value}`, 400, {
      ArgumentName: name,
      ArgumentValue: value,
    });
  return value;
}

/** The tags of the copy. Copying tags needs separate permissions, but only if there are tags. */
function copiedTags(op: S3Operation, source: Source): Readonly<Record<string, string>> {
  const replaced = directive(op, 'x-amz-tagging-directive') === 'REPLACE';
  const tags = replaced ? tagsOf(op.headers) : source.object.tags;
  if (Object.keys(tags).length === 0) return tags;
  if (!replaced) authorize(op, 's3:GetObjectTagging', source.bucket, source.key);
  authorize(op, 's3:PutObjectTagging', op.bucket, op.key);
  return tags;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export function copyObject(op: S3Operation): RawResponse {
  const { bucket, key, headers, call, store } = op;
  record(op, 'CopyObject', false, { 'x-amz-copy-source': headers['x-amz-copy-source'] });
  authorize(op, 's3:PutObject', bucket, key);
  const source = copySource(op);
  const { body } = source.object;
  if (body.length > store.limits.copyBytes) {
    throw new AwsError(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${store.limits.copyBytes}`,
    );
  }
  const metadata =
    directive(op, 'x-amz-metadata-directive') === 'REPLACE' ? metadataOf(headers) : source.object.headers;
  if (source.bucket === bucket && source.key === key && metadata === source.object.headers)
    throw copyOntoItself();
  const tags = copiedTags(op, source);
  checkWriteConditions(op);
  const algorithm = algorithmOf(headers['x-amz-checksum-algorithm']) ?? source.object.checksum.algorithm;
  const copy = {
    body,
    etag: etagOf(body),
    checksum: checksumOf(body, algorithm),
    lastModifiedMs: call.atMs,
    headers: metadata,
    tags,
  };
  op.store.putObject(bucket, key, copy);
  return xmlResponse('CopyObjectResult', {
    LastModified: new Date(call.atMs).toISOString(),
    ETag: copy.etag,
    ...checksumFields(copy.checksum),
  });
}

const copyOntoItself = (): AwsError =>
  new AwsError(
    'InvalidRequest',
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  );
