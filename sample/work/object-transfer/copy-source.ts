/** What `encodeURIComponent` leaves alone though RFC 3986 reserves it. */
const reserved = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;

/**
 * `bucket/key` as CopySource wants it: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
 * Every byte but letters, digits, `-_.~` and the slashes between segments is percent-encoded, so that no key can be read as another
 * (`+` as a space, `?versionId=` as a version), and `..` or an empty segment stays what it is.
 */
export const copySource = (bucket: string, key: string): string =>
  `${bucket}/${key
    .split('/')
    .map((segment) => encodeURIComponent(segment).replace(/[!'()*]/g, reserved))
    .join('/')}`;
