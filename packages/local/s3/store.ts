import { createHash, randomBytes } from 'node:crypto';
import type { PolicyDocument } from 'taskbound-iam/policy';
import { AwsError } from '../gateway/service.ts';
import type { Checksum, ChecksumAlgorithm, ChecksumType } from './checksums.ts';
import type { Changes } from '../state/changes.ts';
import { S3_LIMITS, type S3Limits } from './limits.ts';

export interface StoredObject {
  readonly body: Buffer;
  /** Includes the quotation marks. */
  readonly etag: string;
  readonly checksum: Checksum;
  readonly lastModifiedMs: number;
  /** Such as `content-type` and `x-amz-meta-*`; names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Part {
  readonly body: Buffer;
  readonly etag: string;
  readonly checksum: Checksum;
  readonly lastModifiedMs: number;
}

export interface MultipartUpload {
  readonly id: string;
  readonly key: string;
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  readonly headers: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly parts: Map<number, Part>;
}

export interface Bucket {
  readonly name: string;
  readonly arn: string;
  policy: PolicyDocument | undefined;
  /** Whether Object Lock is enabled. It cannot be disabled again. */
  objectLock: boolean;
  readonly objects: Map<string, StoredObject>;
  readonly uploads: Map<string, MultipartUpload>;
}

export const etagOf = (body: Uint8Array): string => `"${createHash('md5').update(body).digest('hex')}"`;

/** Buckets and their contents. Keys are exact and not normalized. */
export class S3Store {
  readonly limits: S3Limits;
  readonly buckets = new Map<string, Bucket>();
  readonly #changes: Changes | undefined;

  constructor(limits: Partial<S3Limits> = {}, changes?: Changes) {
    this.limits = { ...S3_LIMITS, ...limits };
    this.#changes = changes;
  }

  putObject(bucket: Bucket, key: string, object: StoredObject): void {
    bucket.objects.set(key, object);
    this.noteObject(bucket, key);
  }

  /** Reports an object as changed. Its bytes and the rest are saved apart: bytes are not JSON. */
  noteObject({ name, objects }: Bucket, key: string): void {
    this.#changes?.note(['body', name, key], () => objects.get(key)?.body);
    this.#changes?.note(['object', name, key], () => {
      const object = objects.get(key);
      return object && { ...object, body: undefined };
    });
  }

  createBucket(name: string, { objectLock = false } = {}): void {
    const existing = this.buckets.get(name);
    if (existing !== undefined) {
      existing.objectLock ||= objectLock;
      return;
    }
    this.buckets.set(name, {
      name,
      arn: `arn:aws:s3:::${name}`,
      policy: undefined,
      objectLock,
      objects: new Map(),
      uploads: new Map(),
    });
  }

  /** Throws NoSuchBucket. */
  bucket(name: string): Bucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined)
      throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', 404, { BucketName: name });
    return bucket;
  }

  newUpload(bucket: Bucket, upload: Omit<MultipartUpload, 'id' | 'parts'>): MultipartUpload {
    const made = { ...upload, id: randomBytes(48).toString('base64url'), parts: new Map<number, Part>() };
    bucket.uploads.set(made.id, made);
    return made;
  }

  /** Throws NoSuchUpload, also for an upload of another key. */
  upload(bucket: Bucket, key: string, id: string): MultipartUpload {
    const upload = bucket.uploads.get(id);
    if (upload?.key === key) return upload;
    throw new AwsError(
      'NoSuchUpload',
      'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
      404,
      { UploadId: id },
    );
  }

  /** Keys in the order of their UTF-8 bytes, as S3 lists them. */
  sortedKeys(bucket: Bucket): string[] {
    return [...bucket.objects.keys()].sort((left, right) =>
      Buffer.compare(Buffer.from(left), Buffer.from(right)),
    );
  }
}
