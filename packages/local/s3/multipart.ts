import { AwsError, type RawResponse } from '../gateway/service.ts';
import {
  algorithmOf,
  checksumOf,
  DEFAULT_ALGORITHM,
  headerName,
  multipartType,
  validatedChecksum,
  type Checksum,
} from './checksums.ts';
import { copySource } from './copy.ts';
import {
  authorize,
  emptyResponse,
  metadataOf,
  record,
  tagsOf,
  xmlResponse,
  type S3Operation,
} from './operation.ts';
import { etagOf, type Part, type MultipartUpload } from './store.ts';
import { parseRange } from './target.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export function createMultipartUpload(op: S3Operation): RawResponse {
  const { bucket, key, headers, store } = op;
  record(op, 'CreateMultipartUpload', false);
  authorize(op, 's3:PutObject', bucket, key);
  const tags = tagsOf(headers);
  if (Object.keys(tags).length > 0) authorize(op, 's3:PutObjectTagging', bucket, key);
  const algorithm = algorithmOf(headers['x-amz-checksum-algorithm']) ?? DEFAULT_ALGORITHM;
  const type = multipartType(algorithm, headers['x-amz-checksum-type']);
  const upload = store.newUpload(bucket, { key, algorithm, type, headers: metadataOf(headers), tags });
  return xmlResponse(
    'InitiateMultipartUploadResult',
    { Bucket: bucket.name, Key: key, UploadId: upload.id },
    { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': type },
  );
}

export const uploadOf = (op: S3Operation): MultipartUpload =>
  op.store.upload(op.bucket, op.key, op.query.get('uploadId') ?? '');

function partNumberOf({ query, store }: S3Operation): number {
  const text = query.get('partNumber') ?? '';
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > store.limits.parts) {
    throw new AwsError(
      'InvalidArgument',
      `Part number must be an integer between 1 and ${store.limits.parts}, inclusive`,
      400,
      { ArgumentName: 'partNumber', ArgumentValue: text },
    );
  }
  return number;
}

function keepPart(op: S3Operation, upload: MultipartUpload, body: Buffer, checksum: Checksum): Part {
  const part = { body, etag: etagOf(body), checksum, lastModifiedMs: op.call.atMs };
  upload.parts.set(partNumberOf(op), part);
  return part;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPart.html */
export function uploadPart(op: S3Operation): RawResponse {
  record(op, 'UploadPart', false, {
    uploadId: op.query.get('uploadId'),
    partNumber: op.query.get('partNumber'),
  });
  authorize(op, 's3:PutObject', op.bucket, op.key);
  const upload = uploadOf(op);
  const sent = validatedChecksum(op.body, op.headers, upload.algorithm);
  const part = keepPart(
    op,
    upload,
    op.body,
    sent.algorithm === upload.algorithm ? sent : checksumOf(op.body, upload.algorithm),
  );
  return emptyResponse({ etag: part.etag, [headerName(part.checksum.algorithm)]: part.checksum.value });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_UploadPartCopy.html */
export function uploadPartCopy(op: S3Operation): RawResponse {
  const source = op.headers['x-amz-copy-source'];
  record(op, 'UploadPartCopy', false, {
    uploadId: op.query.get('uploadId'),
    partNumber: op.query.get('partNumber'),
    'x-amz-copy-source': source,
  });
  authorize(op, 's3:PutObject', op.bucket, op.key);
  const { object } = copySource(op);
  const upload = uploadOf(op);
  const header = op.headers['x-amz-copy-source-range'];
  const range = parseRange(header, object.body.length);
  if (header !== undefined && range === undefined)
    throw new AwsError(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
    );
  const body = range === undefined ? object.body : object.body.subarray(range.first, range.last + 1);
  if (body.length > op.store.limits.copyBytes)
    throw new AwsError(
      'InvalidRequest',
      `The specified copy source is larger than the maximum allowable size for a copy source: ${op.store.limits.copyBytes}`,
    );
  const part = keepPart(op, upload, body, checksumOf(body, upload.algorithm));
  const { algorithm, value } = part.checksum;
  return xmlResponse('CopyPartResult', {
    LastModified: new Date(op.call.atMs).toISOString(),
    ETag: part.etag,
    [`Checksum${algorithm}`]: value,
  });
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export function abortMultipartUpload(op: S3Operation): RawResponse {
  record(op, 'AbortMultipartUpload', false, { uploadId: op.query.get('uploadId') });
  authorize(op, 's3:AbortMultipartUpload', op.bucket, op.key);
  op.bucket.uploads.delete(uploadOf(op).id);
  return emptyResponse({}, 204);
}
