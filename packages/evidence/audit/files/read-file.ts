import { createHash } from 'node:crypto';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf, TrailUnreadable } from '../../command/errors.ts';

/** The first bytes of every gzip file: https://www.rfc-editor.org/rfc/rfc1952#page-5 */
const GZIP = [0x1f, 0x8b];

/**
 * Yields a file's uncompressed bytes, piece by piece, and returns their lower-case hex SHA-256. The content
 * shows whether the file is compressed: some downloads remove the compression and keep the name. Throws
 * `TrailUnreadable` if the file is cut off or is not valid gzip.
 */
export async function* uncompressed(body: Readable, name: string): AsyncGenerator<Uint8Array, string> {
  const hash = createHash('sha256');
  try {
    const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    const first = await pieces.next();
    const whole = withFirst(first, pieces);
    const isGzip = first.done !== true && GZIP.every((byte, at) => first.value[at] === byte);
    for await (const piece of isGzip ? gunzipped(whole) : whole) {
      hash.update(piece);
      yield piece;
    }
  } catch (error) {
    if (error instanceof TrailUnreadable) throw error;
    throw new TrailUnreadable(
      `The trail's file ${name} cannot be read completely: ${messageOf(error)}. It is cut off or damaged: download it again.`,
    );
  } finally {
    body.destroy();
  }
  return hash.digest('hex');
}

async function* withFirst(
  first: IteratorResult<Uint8Array>,
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (let next = first; next.done !== true; next = await pieces.next()) yield next.value;
}

/** Uses zlib's stream, which reports a cut-off file as an error. */
async function* gunzipped(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  // The reader of the stream receives its error.
  pipeline(pieces, gunzip, () => undefined);
  for await (const piece of gunzip) yield piece as Uint8Array;
}
const PIECE_BYTES = 64 * 1024;
