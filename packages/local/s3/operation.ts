import { AwsError, type Call, type RawRequest, type RawResponse } from '../gateway/service.ts';
import type { XmlFields } from '../gateway/wire/xml.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { checksumHeaders, type Checksum } from './checksums.ts';
import type { Bucket, S3Store, StoredObject } from './store.ts';
import { xmlDocument } from './xml.ts';

/** A request to an S3 operation. */
export interface S3Operation {
  readonly store: S3Store;
  readonly request: RawRequest;
  readonly call: Call;
  readonly bucket: Bucket;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  /** The decoded body, and the headers including trailers. */
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

const objectArn = (bucket: Bucket, key: string): string => `${bucket.arn}/${key}`;

/**
 * Headers that are condition keys:
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
 */
const headerKeys = [
  'x-amz-acl',
  'x-amz-copy-source',
  'x-amz-metadata-directive',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
  'x-amz-storage-class',
  'x-amz-content-sha256',
  'if-none-match',
  'if-match',
] as const;

function headerContext(headers: Readonly<Record<string, string>>): Record<string, string> {
  const context: Record<string, string> = {
    's3:authType': 'REST-HEADER',
    's3:signatureversion': 'AWS4-HMAC-SHA256',
  };
  for (const name of headerKeys) {
    const value = headers[name];
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  return context;
}

/** Authorizes an action on an object, or on the bucket when `key` is undefined. */
export function authorize(
  op: S3Operation,
  action: string,
  bucket: Bucket,
  key: string | undefined,
  more: Readonly<Record<string, string>> = {},
): void {
  op.call.authorize({
    action,
    resource: key === undefined ? bucket.arn : objectArn(bucket, key),
    context: { ...headerContext(op.headers), ...more },
    ...omitUndefined({ resourcePolicy: bucket.policy }),
  });
}

/**
 * The object. Throws NoSuchKey when it does not exist, or AccessDenied when the caller may not list the
 * bucket. https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html#API_GetObject_RequestSyntax
 */
export function requireObject(op: S3Operation, bucket: Bucket, key: string): StoredObject {
  const object = bucket.objects.get(key);
  if (object !== undefined) return object;
  authorize(op, 's3:ListBucket', bucket, undefined);
  throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
}

export function record(
  op: S3Operation,
  eventName: string,
  readOnly: boolean,
  more: Readonly<Record<string, unknown>> = {},
): void {
  const { bucket, key, call } = op;
  const bucketResource = { ARN: bucket.arn, type: 'AWS::S3::Bucket' };
  call.record({
    eventName,
    eventCategory: 'Data',
    readOnly,
    requestParameters: { bucketName: bucket.name, ...(key === '' ? {} : { key }), ...more },
    resources:
      key === ''
        ? [bucketResource]
        : [{ ARN: objectArn(bucket, key), type: 'AWS::S3::Object' }, bucketResource],
  });
}

export const emptyResponse = (headers: Readonly<Record<string, string>> = {}, status = 200): RawResponse => ({
  status,
  headers,
  body: new Uint8Array(),
});

export const xmlResponse = (
  root: string,
  value: XmlFields,
  headers: Readonly<Record<string, string>> = {},
): RawResponse => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body: xmlDocument(root, value),
});

/** `ChecksumSHA256` and `ChecksumType` of an XML response. */
export const checksumFields = ({ algorithm, type, value }: Checksum): XmlFields => ({
  [`Checksum${algorithm}`]: value,
  ChecksumType: type,
});

const keptHeaders = /^(content-(type|disposition|language)|cache-control|expires|x-amz-meta-.+)$/;

/** The headers of a request that are stored with the object. */
export function metadataOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => keptHeaders.test(name));
  const encoding = (headers['content-encoding'] ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '' && part !== 'aws-chunked');
  return {
    'content-type': 'binary/octet-stream',
    ...Object.fromEntries(kept),
    ...(encoding.length === 0 ? {} : { 'content-encoding': encoding.join(', ') }),
  };
}

export const tagsOf = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(headers['x-amz-tagging'] ?? ''));

/** Conditional writes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html */
export function checkWriteConditions({ headers, bucket, key }: S3Operation): void {
  const current = bucket.objects.get(key);
  const wanted = headers['if-match'];
  if (headers['if-none-match'] === '*' && current !== undefined) throw preconditionFailed('If-None-Match');
  if (wanted !== undefined && current === undefined)
    throw new AwsError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
  if (wanted !== undefined && !sameEtag(wanted, current?.etag)) throw preconditionFailed('If-Match');
}

export const sameEtag = (left: string, right: string | undefined): boolean =>
  left.replaceAll('"', '') === right?.replaceAll('"', '');

export const preconditionFailed = (condition: string): AwsError =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', 412, {
    Condition: condition,
  });

/** The stored checksum, if the caller requests it with `x-amz-checksum-mode: ENABLED`. */
export const requestedChecksum = ({ headers }: S3Operation, object: StoredObject): Record<string, string> =>
  headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' ? checksumHeaders(object.checksum) : {};
