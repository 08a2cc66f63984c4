import fc from 'fast-check';
import { S3_KEY_BYTES } from '../../core/task-types/parameters.ts';

/** Characters and texts that have a meaning in IAM, JSON, URLs and paths, and similar ones. */
const MEANINGFUL = [
  '*',
  '?',
  '$',
  '{',
  '}',
  '${',
  '${*}',
  '${?}',
  '${$}',
  '${aws:userid}',
  '/',
  '//',
  '..',
  '.',
  '%',
  '%2F',
  '+',
  ' ',
  '"',
  "'",
  '\\',
  '\\u002a',
  ':',
  'arn:aws:s3:::',
  '{sourceKey}',
  ',',
  'ÿ',
  'é',
  '~',
];

const piece = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...MEANINGFUL) },
  // U+0020 to U+00FF, the characters that AssumeRole accepts: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
  { weight: 2, arbitrary: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) },
  { weight: 2, arbitrary: fc.stringMatching(/^[a-z0-9]{1,4}$/) },
);

/** Keys of up to about 60 characters. An S3 key has at most 1,024 bytes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
export const s3Key = fc
  .array(piece, { minLength: 1, maxLength: 12 })
  .map((pieces) => pieces.join(''))
  .filter((key) => Buffer.byteLength(key) <= S3_KEY_BYTES);

/** Keys that are similar to a given one, which a widened policy would allow first. */
export const near = (key: string): fc.Arbitrary<string> =>
  fc.oneof(
    s3Key,
    fc.constantFrom(
      `${key}x`,
      `x${key}`,
      key.slice(0, -1),
      key.slice(1),
      `${key}/`,
      `${key}/child`,
      key.slice(0, key.lastIndexOf('/') + 1),
      key.replace('*', 'anything'),
      key.replace('?', 'q'),
      key.replace('$', ''),
      key.replaceAll('${*}', '*'),
      key.replace('\\', ''),
      key.toUpperCase(),
      encodeURIComponent(key),
      `${key}.receipt.json`,
      '*',
      '?',
      '',
    ),
    piece.map((inserted) => key + inserted),
  );

export const s3Prefix = s3Key.map((key) => `${key}/`);
