import * as z from 'zod';
import type { Json } from '../../../lambdas/runtime/index.ts';
import { SourceChanged } from './errors.ts';
import { objectText, type Source } from './source.ts';

/** The checkpoint of a run: the upload and the source. It does not list the parts, because S3 does. */
const transferCheckpoint = z.strictObject({
  uploadId: z.string().min(1),
  etag: z.string().min(1),
  bytes: z.int().min(0),
});
/** A type, not an interface, because it must be assignable to `Json`. */
export type TransferCheckpoint = z.infer<typeof transferCheckpoint>;

/** Undefined in the first run. Throws for a checkpoint that this function did not write. */
export const checkpointIn = (checkpoint: Json): TransferCheckpoint | undefined =>
  checkpoint === null ? undefined : transferCheckpoint.parse(checkpoint);

/**
 * Throws if the source is not the object whose parts earlier runs copied. Parts of different objects must not be combined, even if the
 * objects have the same key.
 */
export function assertSameSource({ etag, bytes }: TransferCheckpoint, source: Source): void {
  if (source.etag === etag && source.bytes === bytes) return;
  throw new SourceChanged(
    `The source, ${objectText(source)}, has ETag ${source.etag} and ${source.bytes} bytes; the earlier runs of this task copied parts of an object with ETag ${etag} and ${bytes} bytes. The copy was aborted. Wait until its writer has finished, and submit again.`,
  );
}
