/** The encoding in the options of a call of `fs`: `'utf8'`, or `{ encoding: 'utf8' }`. */
export function encodingOf(options: unknown): BufferEncoding | undefined {
  const encoding = typeof options === 'string' ? options : fieldOf(options, 'encoding');
  return typeof encoding === 'string' && Buffer.isEncoding(encoding) ? encoding : undefined;
}

export const fieldOf = (options: unknown, name: string): unknown =>
  typeof options === 'object' && options !== null ? Reflect.get(options, name) : undefined;

/** The bytes to write. Node throws a TypeError for anything else. */
export function bytesOf(data: unknown, options: unknown): Buffer {
  if (typeof data === 'string') return Buffer.from(data, encodingOf(options) ?? 'utf8');
  if (ArrayBuffer.isView(data))
    return Buffer.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  throw Object.assign(
    new TypeError(
      'The "data" argument must be of type string or an instance of Buffer, TypedArray, or DataView.',
    ),
    { code: 'ERR_INVALID_ARG_TYPE' },
  );
}
