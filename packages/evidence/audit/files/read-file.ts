import { createHash } from 'node:crypto';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { messageOf, TrailUnreadable } from '../../command/errors.ts';

/** What stands at the beginning of every gzip file: https://www.rfc-editor.org/rfc/rfc1952#page-5 */
const GZIP = [0x1f, 0x8b];

/**
 * A file's uncompressed bytes, piece by piece; returns the lower-case hex SHA-256 of them all. Whether it is compressed is seen in its
 * content: some downloads take the compression away and leave the name. Throws `TrailUnreadable` when it is cut off or no gzip.
 */
export async function* uncompressed(body: Readable, name: string): AsyncGenerator<Uint8Array, string> {
  const hash = createHash('sha256');
  try {
    const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    const first = await pieces.next();
    const whole = rejoined(first, pieces);
    const isGzip = first.done !== true && GZIP.every((byte, at) => first.value[at] === byte);
    for await (const piece of isGzip ? gunzipped(whole) : whole) {
      hash.update(piece);
      yield piece;
    }
  } catch (error) {
    if (error instanceof TrailUnreadable) throw error;
    throw new TrailUnreadable(
      `The trail's file ${name} cannot be read to its end: ${messageOf(error)}. It is cut off or damaged: fetch it again.`,
    );
  } finally {
    body.destroy();
  }
  return hash.digest('hex');
}

async function* rejoined(
  first: IteratorResult<Uint8Array>,
  pieces: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for (let next = first; next.done !== true; next = await pieces.next()) yield next.value;
}

/** Through zlib's stream: what is behind a cut-off file is an error there. */
async function* gunzipped(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: PIECE_BYTES });
  // Its error reaches whoever reads from it.
  pipeline(pieces, gunzip, () => undefined);
  for await (const piece of gunzip) yield piece as Uint8Array;
}
const PIECE_BYTES = 64 * 1024;
