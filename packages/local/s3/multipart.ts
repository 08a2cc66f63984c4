import { XMLParser } from 'fast-xml-parser';
import { AwsError, type RawResponse } from '../gateway/service.ts';
import {
  algorithmOf,
  checksumHeaders,
  checksumOf,
  compositeOf,
  DEFAULT_ALGORITHM,
  headerName,
  multipartType,
  validatedChecksum,
  type Checksum,
} from './checksums.ts';
import { copySource } from './copy.ts';
import {
  authorize,
  checkWriteConditions,
  checksumFields,
  emptyResponse,
  metadataOf,
  record,
  sameEtag,
  tagsOf,
  xmlResponse,
  type S3Operation,
} from './operation.ts';
import { etagOf, type Part, type MultipartUpload } from './store.ts';
import { parseRange } from './target.ts';
import { createHash } from 'node:crypto';

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

interface NamedPart {
  readonly PartNumber?: string;
  readonly ETag?: string;
}

/** Keeps every value as text. */
const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'Part' });

function namedParts(body: Buffer): readonly NamedPart[] {
  try {
    const document: { readonly CompleteMultipartUpload?: { readonly Part?: readonly NamedPart[] } } =
      parser.parse(body.toString('utf8'));
    const parts = document.CompleteMultipartUpload?.Part;
    if (parts !== undefined && parts.length > 0) return parts;
  } catch {
    // Falls through to the same error as for another document.
  }
  throw new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
}

/** The parts named in the request, in order. Each part except the last must have the minimum size. */
function selectParts(op: S3Operation, upload: MultipartUpload): Part[] {
  let previous = 0;
  const chosen = namedParts(op.body).map(({ PartNumber, ETag }) => {
    const number = Number(PartNumber);
    if (!(number > previous))
      throw new AwsError(
        'InvalidPartOrder',
        'The list of parts was not in ascending order. The parts list must be specified in order by part number.',
      );
    previous = number;
    const part = upload.parts.get(number);
    if (part === undefined || !sameEtag(ETag ?? '', part.etag)) {
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        400,
        { PartNumber, ETag },
      );
    }
    return part;
  });
  const small = chosen.slice(0, -1).find((part) => part.body.length < op.store.limits.partBytes);
  if (small !== undefined) {
    throw new AwsError(
      'EntityTooSmall',
      'Your proposed upload is smaller than the minimum allowed size',
      400,
      { ProposedSize: small.body.length, MinSizeAllowed: op.store.limits.partBytes },
    );
  }
  return chosen;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html */
export function completeMultipartUpload(op: S3Operation): RawResponse {
  const { bucket, key, call, headers } = op;
  record(op, 'CompleteMultipartUpload', false, { uploadId: op.query.get('uploadId') });
  authorize(op, 's3:PutObject', bucket, key);
  const upload = uploadOf(op);
  const parts = selectParts(op, upload);
  checkWriteConditions(op);
  const body = Buffer.concat(parts.map((part) => part.body));
  const checksum =
    upload.type === 'FULL_OBJECT'
      ? checksumOf(body, upload.algorithm)
      : compositeOf(
          parts.map((part) => part.checksum),
          upload.algorithm,
        );
  const claimed = headers[headerName(upload.algorithm)];
  if (claimed !== undefined && claimed !== checksum.value)
    throw new AwsError(
      'BadDigest',
      `The ${upload.algorithm} you specified did not match the calculated checksum.`,
    );
  const digests = Buffer.concat(parts.map((part) => Buffer.from(part.etag.replaceAll('"', ''), 'hex')));
  const etag = `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`;
  bucket.objects.set(key, {
    body,
    etag,
    checksum,
    lastModifiedMs: call.atMs,
    headers: upload.headers,
    tags: upload.tags,
  });
  bucket.uploads.delete(upload.id);
  const result = {
    Location: `/${bucket.name}/${key}`,
    Bucket: bucket.name,
    Key: key,
    ETag: etag,
    ...checksumFields(checksum),
  };
  return xmlResponse('CompleteMultipartUploadResult', result, checksumHeaders(checksum));
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export function abortMultipartUpload(op: S3Operation): RawResponse {
  record(op, 'AbortMultipartUpload', false, { uploadId: op.query.get('uploadId') });
  authorize(op, 's3:AbortMultipartUpload', op.bucket, op.key);
  op.bucket.uploads.delete(uploadOf(op).id);
  return emptyResponse({}, 204);
}
