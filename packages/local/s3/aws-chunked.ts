import { AwsError } from '../gateway/service.ts';

interface Decoded {
  readonly body: Buffer;
  /** Trailing headers, names in lower case. */
  readonly trailers: Readonly<Record<string, string>>;
}

const malformed = (why: string): AwsError =>
  new AwsError('IncompleteBody', `The aws-chunked body cannot be read: ${why}.`);

/**
 * Decodes an `aws-chunked` body: `<hex size>[;chunk-signature=…]CRLF<bytes>CRLF … 0CRLF<trailer>CRLF CRLF`.
 * Chunk signatures are not checked. The gateway checks the signature of the request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export function decodeAwsChunked(encoded: Uint8Array): Decoded {
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) throw malformed('a chunk has no size');
    const [sizeText = ''] = bytes.toString('latin1', at, lineEnd).split(';');
    if (!/^[0-9a-f]+$/i.test(sizeText)) throw malformed(`'${sizeText}' is not a chunk size`);
    const size = Number.parseInt(sizeText, 16);
    at = lineEnd + 2;
    if (size === 0)
      return { body: Buffer.concat(chunks), trailers: trailersOf(bytes.toString('latin1', at)) };
    if (at + size + 2 > bytes.length) throw malformed('the last chunk is cut off');
    chunks.push(bytes.subarray(at, at + size));
    at += size + 2;
  }
}

function trailersOf(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).trim().toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  );
}
