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
   * Puts a text, once. What stands there already is compared with it, byte by byte: an earlier call of ours may have put it, and
   * somebody else may. Any other error is thrown as it is, `ConditionalRequestConflict` of two puts at once among them: it is tried again.
   * https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
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
          // A locked object must come with a checksum: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
          ChecksumAlgorithm: 'SHA256',
        }),
      );
      return 'agrees';
    } catch (error) {
      if (!isStanding(error)) throw error;
      return (await this.#has(at, Buffer.from(text))) ? 'agrees' : 'disagrees';
    }
  }

  /** Whoever put it there may have made it larger than this function's memory, or unreadable to us: neither may keep a boundary open. */
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
 * What S3 says of an object that others made unreadable to us: another key of KMS, a key of the customer's own (SSE-C), a class of storage
 * that must be restored first. Whatever else has the same status may be gone with the next try, such as an expired token or a slow
 * connection, and the object may be our own. 404 is none of them: then it is gone, and is put again.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const UNREADABLE: readonly string[] = ['AccessDenied', 'InvalidRequest', 'InvalidObjectState'];

const isUnreadable = (error: unknown): boolean =>
  error instanceof S3ServiceException && UNREADABLE.includes(error.name);

const isStanding = (error: unknown): boolean =>
  error instanceof S3ServiceException && error.name === 'PreconditionFailed';
