import * as z from 'zod';
import type { Json } from '../../../lambdas/runtime/index.ts';
import { SourceChanged } from './errors.ts';
import { shown, type Source } from './source.ts';

/** What a run leaves for the next: which upload, of which object. S3 knows which parts of it there are. */
const transferCheckpoint = z.strictObject({
  uploadId: z.string().min(1),
  etag: z.string().min(1),
  bytes: z.int().min(0),
});
/** A type, not an interface: it is handed on as JSON. */
export type TransferCheckpoint = z.infer<typeof transferCheckpoint>;

/** Undefined in the first run. Throws on what no run of this function leaves. */
export const checkpointIn = (checkpoint: Json): TransferCheckpoint | undefined =>
  checkpoint === null ? undefined : transferCheckpoint.parse(checkpoint);

/** The parts that are there were cut from one object: another one under the same key has no place beside them. */
export function assertSameSource({ etag, bytes }: TransferCheckpoint, source: Source): void {
  if (source.etag === etag && source.bytes === bytes) return;
  throw new SourceChanged(
    `The source, ${shown(source)}, has ETag ${source.etag} and ${source.bytes} bytes; the earlier runs of this task copied parts of one with ETag ${etag} and ${bytes} bytes. The copy was given up. Let its writer finish and submit again.`,
  );
}
