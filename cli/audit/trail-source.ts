import type { Readable } from 'node:stream';
import type { Io } from '../io.ts';
import { FolderSource } from './folder-source.ts';

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

/** A folder, or `s3://bucket/prefix`. Throws `UsageError` for a place that is neither. */
export async function trailSource(place: string, io: Io): Promise<TrailSource> {
  if (!place.startsWith('s3://')) return new FolderSource(place, io.cwd);
  const { S3Source } = await import('./s3-source.ts');
  return new S3Source(place, io.env);
}
