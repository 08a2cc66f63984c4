import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** Lower-case hex SHA-256 of a text's UTF-8 bytes. */
export const sha256Hex = (text: string | Uint8Array): string =>
  createHash('sha256').update(text).digest('hex');

/** RFC 8785 canonical JSON. Throws for values that JSON cannot represent. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError(`canonicalJson: ${typeof value} is not a JSON value`);
  return text;
}

/** Lower-case hex SHA-256 over the RFC 8785 canonical JSON of a value. */
export const digestOf = (value: unknown): string => sha256Hex(canonicalJson(value));
