import type { Clock } from 'taskbound-time/clock';
import type { PolicyDocument } from 'taskbound-iam/policy';
import { AwsError, type Call, type RawRequest, type RawResponse, type Service } from '../gateway/service.ts';
import type { Changes } from '../state/changes.ts';
import { decodeAwsChunked } from './aws-chunked.ts';
import { checksumOf, DEFAULT_ALGORITHM } from './checksums.ts';
import { completeMultipartUpload } from './complete-multipart-upload.ts';
import { copyObject } from './copy.ts';
import type { S3Limits } from './limits.ts';
import { BUCKET_QUERIES, bucketRead, headBucket, listBuckets, type BucketFacts } from './bucket-reads.ts';
import { listObjectsV2 } from './list.ts';
import { listObjectVersions } from './list-versions.ts';
import { listParts } from './list-parts.ts';
import { abortMultipartUpload, createMultipartUpload, uploadPart, uploadPartCopy } from './multipart.ts';
import { getObject, headObject, putObject } from './objects.ts';
import type { S3Operation } from './operation.ts';
import { etagOf, S3Store } from './store.ts';
import { checkKey, parseTarget } from './target.ts';
import { errorDocument } from './xml.ts';

type Handler = (op: S3Operation) => RawResponse;

/** Query parameters that are supported. Others may change what an operation means, so they are refused. */
const knownQuery = new Set([
  'x-id',
  'uploads',
  'uploadId',
  'partNumber',
  'list-type',
  'prefix',
  'delimiter',
  'max-keys',
  'continuation-token',
  'start-after',
  'encoding-type',
  'fetch-owner',
  'max-parts',
  'part-number-marker',
  'key-marker',
  'version-id-marker',
  'max-buckets',
  'bucket-region',
  ...BUCKET_QUERIES,
]);
/** Headers that change what an operation means and are not supported. */
const refusedHeaders = [
  'x-amz-acl',
  'x-amz-grant-full-control',
  'x-amz-object-lock-mode',
  'x-amz-server-side-encryption-customer-key',
  'x-amz-website-redirect-location',
];

function bucketHandler(
  method: string,
  query: ReadonlyMap<string, string>,
  facts: BucketFacts,
): Handler | undefined {
  if (method === 'HEAD') return headBucket;
  if (method !== 'GET') return undefined;
  if (query.has('versions')) return listObjectVersions;
  return query.get('list-type') === '2' ? listObjectsV2 : bucketRead(query, facts);
}

function objectHandler(
  method: string,
  query: ReadonlyMap<string, string>,
  isCopy: boolean,
): Handler | undefined {
  if (query.has('uploads')) return method === 'POST' ? createMultipartUpload : undefined;
  if (query.has('uploadId')) {
    if (method === 'PUT') return isCopy ? uploadPartCopy : uploadPart;
    return { GET: listParts, POST: completeMultipartUpload, DELETE: abortMultipartUpload }[method];
  }
  if (query.has('partNumber') || BUCKET_QUERIES.some((name) => query.has(name))) return undefined;
  return { PUT: isCopy ? copyObject : putObject, GET: getObject, HEAD: headObject }[method];
}

/** The decoded body, and the headers including trailers: streamed bodies have their checksum in a trailer. */
function bodyOf(request: RawRequest): Pick<S3Operation, 'body' | 'headers'> {
  const { body, headers } = request;
  const streamed = headers['x-amz-content-sha256']?.startsWith('STREAMING-') === true;
  // A copy: the request's bytes may be a view of a buffer that is reused.
  if (!streamed) return { body: Buffer.from(body), headers };
  const decoded = decodeAwsChunked(body);
  return { body: decoded.body, headers: { ...headers, ...decoded.trailers } };
}

/** S3: objects and multipart uploads, with path-style addresses. */
export class S3Service implements Service {
  readonly signingName = 's3';
  readonly store: S3Store;
  /** What the template says about buckets. @default - nothing */
  facts: BucketFacts = { createdMs: () => 0, field: () => undefined, tags: () => [] };
  readonly #clock: Pick<Clock, 'nowMs'>;
  /** Errors of HEAD requests, whose responses have no body. */
  readonly #bodyless = new WeakSet<AwsError>();

  constructor(options: {
    readonly clock: Pick<Clock, 'nowMs'>;
    readonly limits?: Partial<S3Limits>;
    readonly changes?: Changes;
  }) {
    this.#clock = options.clock;
    this.store = new S3Store(options.limits, options.changes);
  }

  async handle(request: RawRequest, call: Call): Promise<RawResponse> {
    try {
      const response = this.#serve(request, call);
      return { ...response, headers: { 'x-amz-request-id': call.requestId, ...response.headers } };
    } catch (error) {
      if (error instanceof AwsError && request.method === 'HEAD') this.#bodyless.add(error);
      throw error;
    }
  }

  /** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
  renderError(error: AwsError, call: { readonly requestId: string }): RawResponse {
    const details = Object.entries(error.details).map(([name, value]) => [name, String(value)]);
    const bodyless = this.#bodyless.has(error) || error.status === 304;
    return {
      status: error.status,
      headers: { 'content-type': 'application/xml', 'x-amz-request-id': call.requestId },
      body: bodyless
        ? new Uint8Array()
        : errorDocument({
            Code: error.name,
            Message: error.message,
            ...Object.fromEntries(details),
            RequestId: call.requestId,
          }),
    };
  }

  createBucket(name: string, options: { readonly objectLock?: boolean } = {}): void {
    this.store.createBucket(name, options);
  }

  hasBucket(name: string): boolean {
    return this.store.buckets.has(name);
  }

  /** Sets or removes the bucket policy. */
  setBucketPolicy(name: string, policy: PolicyDocument | undefined): void {
    this.store.bucket(name).policy = policy;
  }

  /** Puts an object without authorization. Throws KeyTooLongError, NoSuchBucket. */
  put(bucket: string, key: string, content: Uint8Array): void {
    checkKey(key, this.store.limits.keyBytes);
    const body = Buffer.from(content);
    this.store.putObject(this.store.bucket(bucket), key, {
      body,
      etag: etagOf(body),
      checksum: checksumOf(body, DEFAULT_ALGORITHM),
      lastModifiedMs: this.#clock.nowMs(),
      headers: { 'content-type': 'binary/octet-stream' },
      tags: {},
    });
  }

  /** The object's bytes, without authorization; `undefined` when there is no such key. */
  get(bucket: string, key: string): Buffer | undefined {
    return this.store.bucket(bucket).objects.get(key)?.body;
  }

  /** Every key of a bucket, sorted by its bytes. */
  keys(bucket: string): string[] {
    return this.store.sortedKeys(this.store.bucket(bucket));
  }

  #listBuckets(request: RawRequest, query: ReadonlyMap<string, string>, call: Call): RawResponse {
    const known = ['x-id', 'prefix', 'continuation-token', 'max-buckets', 'bucket-region'];
    const unknown = [...query.keys()].filter((name) => !known.includes(name));
    if (unknown.length > 0) throw notImplemented(request, unknown);
    return listBuckets(this.store, this.facts, query, call);
  }

  #serve(request: RawRequest, call: Call): RawResponse {
    const { bucket: bucketName, key, query } = parseTarget(request.path);
    if (bucketName === '' && request.method === 'GET') return this.#listBuckets(request, query, call);
    const isCopy = request.headers['x-amz-copy-source'] !== undefined;
    const handler =
      key === ''
        ? bucketHandler(request.method, query, this.facts)
        : objectHandler(request.method, query, isCopy);
    const unknown = [...query.keys()]
      .filter((name) => !knownQuery.has(name))
      .concat(refusedHeaders.filter((name) => request.headers[name] !== undefined));
    if (handler === undefined || unknown.length > 0) throw notImplemented(request, unknown);
    checkKey(key, this.store.limits.keyBytes);
    const bucket = this.store.bucket(bucketName);
    const isOtherWrite = handler !== putObject && ['PUT', 'POST'].includes(request.method);
    if (bucket.objectLock && isOtherWrite)
      throw notImplemented(request, [`${request.method} other than PutObject on a bucket with Object Lock`]);
    return handler({
      store: this.store,
      request,
      call,
      bucket,
      key,
      query,
      ...bodyOf(request),
    });
  }
}

function notImplemented(request: RawRequest, unknown: readonly string[]): AwsError {
  const what = unknown.length === 0 ? `${request.method} on this resource` : unknown.join(', ');
  return new AwsError(
    'NotImplemented',
    `The embedded S3 does not support ${what}. It supports objects, copies, multipart uploads, and lists and configurations of buckets.`,
    501,
  );
}
