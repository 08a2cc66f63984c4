import {
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
  S3ServiceException,
  type GetObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { BundleArchive } from '../../../lambdas/close-boundary/bundle-archive.ts';

const s3 = mockAws(S3Client);
const archive = new BundleArchive(new S3Client({}), 'archive', 'evidence/');
const KEY = 'Taskbound/object-transfer.nightly-1.evidence.json';
const TEXT = '{"é":1}\n';
beforeEach(() => s3.reset());

const failure = (name: string, status: number): S3ServiceException =>
  new S3ServiceException({ name, $fault: 'client', $metadata: { httpStatusCode: status } });
/** The part of a response body that the archive uses. */
const bodyOf = (text: string) =>
  ({ transformToByteArray: async () => Buffer.from(text) }) as unknown as NonNullable<
    GetObjectCommandOutput['Body']
  >;

describe('EvidenceArchive.put', () => {
  it('puts the bundle with a checksum only where no object exists', async () => {
    s3.on(PutObjectCommand).resolves({});
    expect(await archive.put(KEY, TEXT)).toBe('agrees');
    expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
      Bucket: 'archive',
      Key: `evidence/${KEY}`,
      Body: TEXT,
      IfNoneMatch: '*',
      ChecksumAlgorithm: 'SHA256',
    });
    expect(s3.commandCalls(GetObjectCommand)).toEqual([]);
  });

  it.each([
    ['the same bytes', TEXT, 'agrees'],
    ['one byte more', `${TEXT} `, 'disagrees'],
    ['the same value in another spelling', '{ "é": 1 }\n', 'disagrees'],
    ['no content', '', 'disagrees'],
  ])('returns for an existing object with %s: %s', async (_what, standing, state) => {
    s3.on(PutObjectCommand).rejects(failure('PreconditionFailed', 412));
    s3.on(GetObjectCommand).resolves({ Body: bodyOf(standing), ContentLength: Buffer.byteLength(standing) });
    expect(await archive.put(KEY, TEXT)).toBe(state);
    expect(s3.commandCalls(GetObjectCommand)[0]?.args[0].input).toMatchObject({ Key: `evidence/${KEY}` });
  });

  it.each([
    ['two puts at the same time', 'ConditionalRequestConflict', 409],
    ['an outage', 'ServiceUnavailable', 503],
    ['a refusal', 'AccessDenied', 403],
  ])('throws the error of a put, so that it is retried: %s', async (_what, name, status) => {
    s3.on(PutObjectCommand).rejects(failure(name, status));
    await expect(archive.put(KEY, TEXT)).rejects.toMatchObject({ name });
  });

  it.each([
    ['AccessDenied', 403],
    ['InvalidRequest', 400],
    ['InvalidObjectState', 403],
  ])(
    'returns disagrees for an unreadable object (%s), so that nobody can keep a boundary open with one',
    async (name, status) => {
      s3.on(PutObjectCommand).rejects(failure('PreconditionFailed', 412));
      s3.on(GetObjectCommand).rejects(failure(name, status));
      expect(await archive.put(KEY, TEXT)).toBe('disagrees');
    },
  );

  it.each([
    ['NoSuchKey', 404],
    ['ServiceUnavailable', 503],
    ['RequestTimeout', 400],
    ['ExpiredToken', 400],
    ['RequestTimeTooSkewed', 403],
    ['InvalidAccessKeyId', 403],
  ])('throws a temporary error of a read (%s), so that it is retried', async (name, status) => {
    s3.on(PutObjectCommand).rejects(failure('PreconditionFailed', 412));
    s3.on(GetObjectCommand).rejects(failure(name, status));
    await expect(archive.put(KEY, TEXT)).rejects.toMatchObject({ name });
  });

  it('does not read an object of another length', async () => {
    const transformToByteArray = () => Promise.reject(new Error('read'));
    const Body = { transformToByteArray } as unknown as NonNullable<GetObjectCommandOutput['Body']>;
    s3.on(PutObjectCommand).rejects(failure('PreconditionFailed', 412));
    s3.on(GetObjectCommand).resolves({ Body, ContentLength: 5 * 1024 ** 3 });
    expect(await archive.put(KEY, TEXT)).toBe('disagrees');
  });
});
