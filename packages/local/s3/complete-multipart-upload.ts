import { createHash } from 'node:crypto';
import { XMLParser } from 'fast-xml-parser';
import { AwsError, type RawResponse } from '../gateway/service.ts';
import { checksumHeaders, checksumOf, compositeOf, headerName } from './checksums.ts';
import { uploadOf } from './multipart.ts';
import {
  authorize,
  checkWriteConditions,
  checksumFields,
  record,
  sameEtag,
  xmlResponse,
  type S3Operation,
} from './operation.ts';
import type { MultipartUpload, Part } from './store.ts';

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
  op.store.putObject(bucket, key, {
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
