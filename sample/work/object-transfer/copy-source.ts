/** Encodes a character that RFC 3986 reserves but `encodeURIComponent` does not encode. */
const reserved = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/**
 * `bucket/key` in the form of CopySource: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 * Every byte except letters, digits, `-_.~` and the slashes between segments is percent-encoded, so no key
 * can be parsed as another (`+` as a space, `?versionId=` as a version). `..` and empty segments are not
 * changed.
 */
export const copySource = (bucket: string, key: string): string =>
  `${bucket}/${key
    .split('/')
    .map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, reserved))
    .join('/')}`;
