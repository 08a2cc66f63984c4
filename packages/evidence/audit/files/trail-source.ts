import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';

/** A file of a trail, opened. */
export interface OpenedFile {
  readonly body: Readable;
  /** Hex; CloudTrail keeps a digest's signature in its object's metadata. */
  readonly signature: string | undefined;
}

/** Where a trail's files are. */
export interface TrailSource {
  /** As the user gave it. */
  readonly place: string;
  /** Every file's name, relative to the folder or bucket, in the order of their names. Throws `UsageError` when the place cannot be read. */
  names(): Promise<readonly string[]>;
  open(name: string): Promise<OpenedFile>;
}

/** How a bucket is reached: asked only when the trail is in one. */
export type S3Access = () => Promise<S3ClientConfig>;
