import type { Io } from '../io.ts';
import { FolderSource } from './folder-source.ts';
import type { TrailSource } from './trail-source.ts';

/** A folder, or `s3://bucket/prefix`. Throws `UsageError` for a place that is neither. */
export async function selectTrailSource(place: string, io: Io): Promise<TrailSource> {
  if (!place.startsWith('s3://')) return new FolderSource(place, io.cwd);
  const { S3Source } = await import('./s3-source.ts');
  return new S3Source(place, io.env);
}
