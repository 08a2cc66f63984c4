import { UsageError } from '../../command/errors.ts';
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
  const { S3Source } = await import('./s3-source.ts').catch(explainMissing);
  return new S3Source(place, await s3Config());
}

/** The SDK is an optional peer dependency: an auditor who has the trail's files does not need it. */
function explainMissing(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
  throw new UsageError(
    'A trail in a bucket is read with the AWS SDK, and the package @aws-sdk/client-s3 is not installed. Install it: npm install @aws-sdk/client-s3. Or copy the files (aws s3 sync), and give their folder.',
  );
}
