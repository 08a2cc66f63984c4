import { describe, expect, it } from 'vitest';
import { decodeAwsChunked } from '../../../packages/local/s3/aws-chunked.ts';
import {
  checksumOf,
  compositeOf,
  multipartType,
  validatedChecksum,
} from '../../../packages/local/s3/checksums.ts';

const check = Buffer.from('123456789');

describe('checksums', () => {
  // The catalogue's own check values for "123456789": https://reveng.sourceforge.io/crc-catalogue/all.htm
  it.each([
    ['CRC32', 'cbf43926'],
    ['CRC32C', 'e3069283'],
    ['CRC64NVME', 'ae8b14860a799888'],
    ['SHA1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
    ['SHA256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
  ] as const)('%s of the check text', (algorithm, hex) => {
    expect(Buffer.from(checksumOf(check, algorithm).value, 'base64').toString('hex')).toBe(hex);
    expect(checksumOf(new Uint8Array(), algorithm).type).toBe('FULL_OBJECT');
  });

  it('composes the checksums of parts', () => {
    const parts = [checksumOf(Buffer.from('a'), 'SHA256'), checksumOf(Buffer.from('b'), 'SHA256')];
    const joined = Buffer.concat(parts.map((part) => Buffer.from(part.value, 'base64')));
    expect(compositeOf(parts, 'SHA256')).toEqual({
      algorithm: 'SHA256',
      type: 'COMPOSITE',
      value: `${checksumOf(joined, 'SHA256').value}-2`,
    });
  });

  it.each([
    ['CRC64NVME', undefined, 'FULL_OBJECT'],
    ['CRC32', undefined, 'COMPOSITE'],
    ['CRC32', 'FULL_OBJECT', 'FULL_OBJECT'],
    ['SHA256', undefined, 'COMPOSITE'],
  ] as const)('%s asked as %s is %s', (algorithm, asked, type) => {
    expect(multipartType(algorithm, asked)).toBe(type);
  });

  it('refuses kinds that do not exist', () => {
    expect(() => multipartType('CRC64NVME', 'COMPOSITE')).toThrow(/cannot be used/);
    expect(() => multipartType('SHA256', 'FULL_OBJECT')).toThrow(/cannot be used/);
  });

  it('refuses what does not match, and two at once', () => {
    const good = checksumOf(check, 'SHA256').value;
    expect(validatedChecksum(check, { 'x-amz-checksum-sha256': good })).toMatchObject({
      algorithm: 'SHA256',
      value: good,
    });
    expect(() => validatedChecksum(check, { 'x-amz-checksum-sha256': 'AAAA' })).toThrow(/did not match/);
    expect(() => validatedChecksum(check, { 'content-md5': 'AAAA' })).toThrow(/Content-MD5/);
    expect(() =>
      validatedChecksum(check, { 'x-amz-checksum-sha256': good, 'x-amz-checksum-crc32': 'x' }),
    ).toThrow(/Multiple/);
    expect(validatedChecksum(check, {}).algorithm).toBe('CRC64NVME');
  });
});

describe('aws-chunked', () => {
  it.each([
    [
      'signed chunks',
      '4;chunk-signature=ab\r\nWiki\r\n5;chunk-signature=cd\r\npedia\r\n0;chunk-signature=ef\r\n\r\n',
      'Wikipedia',
      {},
    ],
    [
      'a trailer',
      '3\r\na\r\n\r\n0\r\nx-amz-checksum-crc32:AAAA==\r\n\r\n',
      'a\r\n',
      { 'x-amz-checksum-crc32': 'AAAA==' },
    ],
    ['nothing', '0\r\n\r\n', '', {}],
  ])('reads %s', (_name, encoded, body, trailers) => {
    const decoded = decodeAwsChunked(Buffer.from(encoded));
    expect([decoded.body.toString(), decoded.trailers]).toEqual([body, trailers]);
  });

  it.each(['', 'zz\r\n', '5\r\nab'])('refuses %j', (encoded) => {
    expect(() => decodeAwsChunked(Buffer.from(encoded))).toThrow(/aws-chunked body cannot be read/);
  });
});
