import type { CommandIo } from '../../command/io.ts';
import { FolderSource } from './folder-source.ts';
import type { S3Access, TrailSource } from './trail-source.ts';

/**
 * Opens a folder, or `s3://bucket/prefix`. Throws `UsageError` for anything else. The AWS SDK is loaded only
 * for a bucket.
 */
export async function selectTrailSource(
  place: string,
  io: CommandIo,
  s3Config: S3Access,
): Promise<TrailSource> {
  if (!place.startsWith('s3://')) return new FolderSource(place, io.cwd);
  const { S3Source } = await import('./s3-source.ts');
  return new S3Source(place, await s3Config());
}
