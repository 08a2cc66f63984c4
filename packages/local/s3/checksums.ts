import { createHash } from 'node:crypto';
import { AwsError } from '../gateway/service.ts';
import { crc32cOf, crc32Of, crc64NvmeOf } from './crc.ts';

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
const digests = {
  CRC32: crc32Of,
  CRC32C: crc32cOf,
  CRC64NVME: crc64NvmeOf,
  SHA1: (bytes: Uint8Array) => createHash('sha1').update(bytes).digest(),
  SHA256: (bytes: Uint8Array) => createHash('sha256').update(bytes).digest(),
};

export type ChecksumAlgorithm = keyof typeof digests;
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64. A composite checksum ends with `-` and the number of parts. */
  readonly value: string;
}

/** S3 computes this when the caller chooses none. */
export const DEFAULT_ALGORITHM: ChecksumAlgorithm = 'CRC64NVME';

const algorithms = ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const;

export function algorithmOf(text: string | undefined): ChecksumAlgorithm | undefined {
  if (text === undefined) return undefined;
  const found = algorithms.find((name) => name === text.toUpperCase());
  if (found === undefined)
    throw new AwsError(
      'InvalidRequest',
      `Checksum algorithm provided is unsupported: ${text}. Please try again with any of the valid types: [${algorithms.join(', ')}]`,
    );
  return found;
}

export const headerName = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

export const checksumOf = (bytes: Uint8Array, algorithm: ChecksumAlgorithm): Checksum => ({
  algorithm,
  type: 'FULL_OBJECT',
  value: digests[algorithm](bytes).toString('base64'),
});

/**
 * A checksum of the parts' checksums:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html#ChecksumTypes
 */
export function compositeOf(parts: readonly Checksum[], algorithm: ChecksumAlgorithm): Checksum {
  const joined = Buffer.concat(parts.map((part) => Buffer.from(part.value, 'base64')));
  return {
    algorithm,
    type: 'COMPOSITE',
    value: `${digests[algorithm](joined).toString('base64')}-${parts.length}`,
  };
}

/** CRC64NVME supports only full objects, SHA only composites. The other CRCs are composite by default. */
export function multipartType(algorithm: ChecksumAlgorithm, asked: string | undefined): ChecksumType {
  const type = asked ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const impossible =
    (algorithm === 'CRC64NVME' && type === 'COMPOSITE') ||
    (algorithm.startsWith('SHA') && type === 'FULL_OBJECT');
  if (impossible || (type !== 'FULL_OBJECT' && type !== 'COMPOSITE')) {
    throw new AwsError(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return type;
}

/**
 * Checks the sent checksum, in headers or trailers, and returns the checksum to store: the sent one, or
 * CRC64NVME.
 */
export function validatedChecksum(
  bytes: Uint8Array,
  headers: Readonly<Record<string, string>>,
  otherwise = DEFAULT_ALGORITHM,
): Checksum {
  const md5 = headers['content-md5'];
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) {
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  const sent = algorithms.filter((algorithm) => headers[headerName(algorithm)] !== undefined);
  const [algorithm, second] = sent;
  if (second !== undefined)
    throw new AwsError(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  const checksum = checksumOf(bytes, algorithm ?? otherwise);
  if (algorithm !== undefined && headers[headerName(algorithm)] !== checksum.value) {
    throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return checksum;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html#object-lock-put-object */
export function assertSentChecksum(headers: Readonly<Record<string, string>>): void {
  const names = ['content-md5', ...algorithms.map(headerName)];
  if (names.some((name) => headers[name] !== undefined)) return;
  throw new AwsError(
    'InvalidRequest',
    'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
  );
}

export const checksumHeaders = (checksum: Checksum): Record<string, string> => ({
  [headerName(checksum.algorithm)]: checksum.value,
  'x-amz-checksum-type': checksum.type,
});
