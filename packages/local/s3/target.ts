import { AwsError } from '../gateway/service.ts';

/** A path-style request target, decoded. */
export interface Target {
  readonly bucket: string;
  /** Empty for a request on the bucket itself. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
}

/** Percent-decodes text; `+` is kept. Throws InvalidURI when the result is not UTF-8. */
function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError(
      'InvalidURI',
      `Couldn't parse the specified URI: ${text} is not percent-encoded UTF-8.`,
    );
  }
}

/** Splits `/bucket/key?query` without normalizing it: `//`, `.` and `..` are parts of keys. */
export function parseTarget(path: string): Target {
  const mark = path.indexOf('?');
  const rawPath = mark < 0 ? path : path.slice(0, mark);
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?([^]*)$/.exec(rawPath) ?? [];
  const pairs =
    mark < 0
      ? []
      : path
          .slice(mark + 1)
          .split('&')
          .filter((pair) => pair !== '');
  const query = new Map(
    pairs.map((pair): [string, string] => {
      const equals = pair.indexOf('=');
      return equals < 0
        ? [percentDecode(pair), '']
        : [percentDecode(pair.slice(0, equals)), percentDecode(pair.slice(equals + 1))];
    }),
  );
  return { bucket: percentDecode(bucket), key: percentDecode(key), query };
}

/**
 * `x-amz-copy-source`: `[/]bucket/key`, percent-encoded.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 */
export function parseCopySource(header: string): { readonly bucket: string; readonly key: string } {
  const [plain = '', version] = header.split('?versionId=');
  const [, bucket, key] = /^\/?([^/]+)\/([^]+)$/.exec(percentDecode(plain)) ?? [];
  if (version !== undefined)
    throw new AwsError(
      'NotImplemented',
      'The embedded S3 has no versions: omit versionId in x-amz-copy-source.',
      501,
    );
  if (bucket === undefined || key === undefined)
    throw new AwsError(
      'InvalidArgument',
      'Copy Source must mention the source bucket and key: sourcebucket/sourcekey',
    );
  return { bucket, key };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export function checkKey(key: string, keyBytes: number): void {
  const bytes = Buffer.byteLength(key);
  if (bytes > keyBytes)
    throw new AwsError('KeyTooLongError', 'Your key is too long', 400, {
      Size: bytes,
      MaxSizeAllowed: keyBytes,
    });
}

/**
 * The positions of the first and last byte of `bytes=0-9`, `bytes=5-` or `bytes=-3`. Undefined for any other
 * form, which S3 ignores.
 */
export function parseRange(
  header: string | undefined,
  size: number,
): { readonly first: number; readonly last: number } | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (first > last || (from === '' && to === '0')) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416, {
      RangeRequested: header,
      ActualObjectSize: size,
    });
  }
  return { first, last };
}
