import type { S3ClientConfig } from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';

/** An open file of a trail. */
export interface OpenedFile {
  readonly body: Readable;
  /** Hex. CloudTrail stores a digest's signature in the metadata of its object. */
  readonly signature: string | undefined;
}

/** Where a trail's files are. */
export interface TrailSource {
  /** As the user gave it. */
  readonly place: string;
  /**
   * The names of all files, relative to the folder or bucket, sorted. Throws `UsageError` if the location
   * cannot be read.
   */
  names(): Promise<readonly string[]>;
  open(name: string): Promise<OpenedFile>;
}

/** The S3 client's configuration. Requested only if the trail is in a bucket. */
export type S3Access = () => Promise<S3ClientConfig>;
