import { Readable } from 'node:stream';
import { GetObjectCommand, paginateListObjectsV2, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { messageOf, UsageError } from '../../command/errors.ts';
import type { OpenedFile, TrailSource } from './trail-source.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
const PLACE = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/;

/** A trail's files in a bucket. */
export class S3Source implements TrailSource {
  readonly place: string;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #client: S3Client;

  /** Throws `UsageError` if the place does not name a bucket. */
  constructor(place: string, config: S3ClientConfig) {
    const [, bucket, prefix = ''] = PLACE.exec(place) ?? [];
    if (bucket === undefined)
      throw new UsageError(
        `--trail ${JSON.stringify(place)} was given; allowed: s3://bucket/prefix, or a folder.`,
      );
    this.place = place;
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#client = new S3Client({
      ...config,
      ...(config.endpoint !== undefined && { forcePathStyle: true }),
    });
  }

  async names(): Promise<readonly string[]> {
    const names: string[] = [];
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: this.#prefix },
    );
    try {
      for await (const { Contents = [] } of pages)
        for (const { Key } of Contents) if (Key !== undefined && !Key.endsWith('/')) names.push(Key);
    } catch (error) {
      throw this.#unreadable(this.place, error);
    }
    return names.sort();
  }

  async open(name: string): Promise<OpenedFile> {
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: name });
    const { Body, Metadata } = await this.#client.send(command).catch((error: unknown) => {
      throw this.#unreadable(`s3://${this.#bucket}/${name}`, error);
    });
    if (!(Body instanceof Readable)) throw this.#unreadable(name, 'its content is not a stream');
    return { body: Body, signature: Metadata?.['signature'] };
  }

  #unreadable(what: string, error: unknown): UsageError {
    return new UsageError(
      `The trail's ${what} cannot be read: ${messageOf(error)}. Check the location, AWS_REGION, and whether your credentials may list and get its objects.`,
    );
  }
}
