import { ChecksumMismatch, ChecksumUnavailable } from './errors.ts';

/** Fields of S3's answers that describe an object's content. */
export interface Checksums {
  readonly ETag?: string | undefined;
  readonly ChecksumType?: string | undefined;
  readonly ServerSideEncryption?: string | undefined;
  readonly ChecksumCRC64NVME?: string | undefined;
  readonly ChecksumSHA256?: string | undefined;
  readonly ChecksumSHA1?: string | undefined;
  readonly ChecksumCRC32C?: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
}

/** The strongest algorithm first. */
const WHOLE_COPY = ['SHA256', 'SHA1', 'CRC64NVME', 'CRC32C', 'CRC32'] as const;
/**
 * For a multipart object, S3 computes full-object checksums only with CRC algorithms:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
const COPY_IN_PARTS = ['CRC64NVME', 'CRC32C', 'CRC32'] as const;
type Algorithm = (typeof WHOLE_COPY)[number];
type PartsAlgorithm = (typeof COPY_IN_PARTS)[number];

/** How source and copy are compared, decided before anything is copied. `value` is the source's checksum. */
export type Check =
  | { readonly by: 'full-object-checksum'; readonly algorithm: Algorithm; readonly value: string }
  | { readonly by: 'etag-md5'; readonly algorithm: 'MD5'; readonly value: string };
export type PartsCheck = Check & { readonly algorithm: PartsAlgorithm };

/**
 * A composite checksum (`…-3`) depends on the sizes of the parts, so it cannot be compared with another
 * object's checksum.
 */
const isComposite = (checksums: Checksums, value: string): boolean =>
  checksums.ChecksumType === 'COMPOSITE' || /-\d+$/.test(value);

function fullObject<Of extends Algorithm>(
  checksums: Checksums,
  algorithms: readonly Of[],
): (Check & { algorithm: Of }) | undefined {
  for (const algorithm of algorithms) {
    const value = checksums[`Checksum${algorithm}`];
    if (value && !isComposite(checksums, value)) return { by: 'full-object-checksum', algorithm, value };
  }
  return undefined;
}

/**
 * The MD5 of the object. The ETag is an MD5 if the object was uploaded in one call and S3 manages the key:
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html
 */
function md5Of(checksums: Checksums): string | undefined {
  const encryption = checksums.ServerSideEncryption ?? 'AES256';
  return encryption === 'AES256' ? /^"?([0-9a-f]{32})"?$/.exec(checksums.ETag ?? '')?.[1] : undefined;
}

const unavailable = (what: string, needed: string): ChecksumUnavailable =>
  new ChecksumUnavailable(
    `${what} has no checksum with which a copy can be checked; needed: ${needed}. Nothing was copied. Upload it again with a current SDK, or copy it onto itself, so that S3 computes a checksum.`,
  );

/** The check for a copy in one call. Throws `ChecksumUnavailable` before anything is copied. */
export function wholeCopyCheck(source: Checksums, what: string): Check {
  const check = fullObject(source, WHOLE_COPY);
  if (check) return check;
  const value = md5Of(source);
  if (value) return { by: 'etag-md5', algorithm: 'MD5', value };
  throw unavailable(what, `a full-object ${WHOLE_COPY.join(', ')}, or an ETag that is an MD5`);
}

/** The check for a copy in parts. */
export function partsCheck(source: Checksums, what: string): PartsCheck {
  const check = fullObject(source, COPY_IN_PARTS);
  if (check) return check;
  throw unavailable(what, `a full-object ${COPY_IN_PARTS.join(', ')}, because it is copied in parts`);
}

/** Compares the copy's checksum with the check. Throws unless both are equal. */
export function assertSameChecksum(check: Check, copy: Checksums, what: string): void {
  const seen = check.by === 'etag-md5' ? md5Of(copy) : fullObject(copy, [check.algorithm])?.value;
  if (seen === undefined) {
    throw new ChecksumUnavailable(
      `S3 copied ${what} but returned no ${check.algorithm} of the copy, so it is not checked and has no receipt. Check the destination bucket's encryption, or transfer it again.`,
    );
  }
  if (seen !== check.value) {
    throw new ChecksumMismatch(
      `The copy of ${what} has ${check.algorithm} ${seen}; the source has ${check.value}. It has no receipt: do not use it, and transfer it again.`,
    );
  }
}
