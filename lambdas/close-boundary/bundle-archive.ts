import { GetObjectCommand, PutObjectCommand, S3ServiceException, type S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import type { ArchiveState } from 'taskbound-evidence/chain/bundle';

/** The bucket with copies of closed boundaries' evidence. Objects are put only where none exists, and never replaced or deleted. */
export class BundleArchive {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;
  constructor(client: S3Client, bucket: string, prefix: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  /**
   * Puts a text once. An existing object is compared with it, byte by byte: an earlier call may have put it,
   * or another principal. Every other error is thrown and retried, `ConditionalRequestConflict` of two puts
   * at once among them. https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
   */
  async put(key: string, text: string): Promise<ArchiveState> {
    const at = { Bucket: this.#bucket, Key: `${this.#prefix}${key}` };
    try {
      await this.#client.send(
        new PutObjectCommand({
          ...at,
          Body: text,
          ContentType: 'application/json',
          IfNoneMatch: '*',
          // A locked object must come with a checksum:
          // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
          ChecksumAlgorithm: 'SHA256',
        }),
      );
      return 'agrees';
    } catch (error) {
      if (!isExisting(error)) throw error;
      return (await this.#has(at, Buffer.from(text))) ? 'agrees' : 'disagrees';
    }
  }

  /**
   * Another principal may have put an object that exceeds this function's memory or cannot be read: neither
   * may keep a boundary open.
   */
  async #has(at: { readonly Bucket: string; readonly Key: string }, wanted: Buffer): Promise<boolean> {
    try {
      const { Body, ContentLength } = await this.#client.send(new GetObjectCommand(at));
      if (ContentLength === wanted.length && Body !== undefined)
        return wanted.equals(await Body.transformToByteArray());
      if (Body instanceof Readable) Body.destroy();
      return false;
    } catch (error) {
      if (isUnreadable(error)) return false;
      throw error;
    }
  }
}

/**
 * Errors for an object that another principal made unreadable: with another KMS key, a customer-provided key
 * (SSE-C), or a storage class that must be restored first. Other errors with the same status, such as an
 * expired token or a slow connection, may be gone at the next try, and the object may be the right one. After
 * 404 the object is gone, and is put again.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const UNREADABLE: readonly string[] = ['AccessDenied', 'InvalidRequest', 'InvalidObjectState'];

const isUnreadable = (error: unknown): boolean =>
  error instanceof S3ServiceException && UNREADABLE.includes(error.name);

const isExisting = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'PreconditionFailed';
