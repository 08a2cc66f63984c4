import { AwsError, type RawResponse } from '../gateway/service.ts';
import { uploadOf } from './multipart.ts';
import { authorize, record, xmlResponse, type S3Operation } from './operation.ts';
import type { Part } from './store.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListParts.html */
const MAX_PARTS = 1_000;

function countOf({ query }: S3Operation, name: 'max-parts' | 'part-number-marker', usual: number): number {
  const text = query.get(name) ?? String(usual);
  const count = Number(text);
  if (/^\d+$/.test(text) && count <= 2_147_483_647) return count;
  throw new AwsError('InvalidArgument', `Provided ${name} not an integer or within integer range`, 400, {
    ArgumentName: name,
    ArgumentValue: text,
  });
}

/** Lists the uploaded parts by number, in pages. */
export function listParts(op: S3Operation): RawResponse {
  const { bucket, key, query } = op;
  record(op, 'ListParts', true, { uploadId: query.get('uploadId') });
  authorize(op, 's3:ListMultipartUploadParts', bucket, key);
  const upload = uploadOf(op);
  const marker = countOf(op, 'part-number-marker', 0);
  const maxParts = Math.min(countOf(op, 'max-parts', MAX_PARTS), MAX_PARTS);
  const after = [...upload.parts].filter(([number]) => number > marker).sort(([a], [b]) => a - b);
  const page = after.slice(0, maxParts);
  return xmlResponse('ListPartsResult', {
    Bucket: bucket.name,
    Key: key,
    UploadId: upload.id,
    StorageClass: 'STANDARD',
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.[0] ?? marker,
    MaxParts: maxParts,
    IsTruncated: page.length < after.length,
    ChecksumAlgorithm: upload.algorithm,
    ChecksumType: upload.type,
    Part: page.map(listed),
  });
}

const listed = ([number, { body, etag, checksum, lastModifiedMs }]: [number, Part]) => ({
  PartNumber: number,
  LastModified: new Date(lastModifiedMs).toISOString(),
  ETag: etag,
  Size: body.length,
  [`Checksum${checksum.algorithm}`]: checksum.value,
});
