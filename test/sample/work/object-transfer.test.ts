import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCopyCommand,
  type HeadObjectCommandOutput,
} from '@aws-sdk/client-s3';
import { mockAws } from '../../fixtures/mock-aws.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { dsseEnvelope, keyIdOf, verifyEnvelope } from 'taskbound-evidence/signature/dsse';
import type { Task } from '../../../lambdas/runtime/index.ts';
import { transferEnvironment } from '../../../sample/work/object-transfer/environment.ts';
import { transferObject } from '../../../sample/work/object-transfer/transfer.ts';
import { More } from '../../../lambdas/runtime/continuation.ts';
import { transferTask } from './task.ts';

const pair = generateKeyPairSync('ed25519');
const pem = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const parameters = { sourceKey: 'out/a +%.csv', destinationKey: 'in/ü.csv' };
const environment = transferEnvironment.parse({ SOURCE_BUCKET: 'from', DESTINATION_BUCKET: 'into' });
const inParts = transferEnvironment.parse({ ...environment, SINGLE_COPY_LIMIT_BYTES: '10', PART_BYTES: '8' });
const CRC = 'oHhxNBAuBcg=';

const s3 = mockAws(S3Client);
const head = (over: Partial<HeadObjectCommandOutput> = {}) =>
  s3.on(HeadObjectCommand).resolves({
    ContentLength: 20,
    ETag: '"e1"',
    ChecksumType: 'FULL_OBJECT',
    ChecksumCRC64NVME: CRC,
    ...over,
  });
const named = (name: string, message = name) => Object.assign(new Error(message), { name });
const transfer = (over = environment, signal?: AbortSignal) =>
  transferObject(transferTask(parameters, pem, signal), over);
const sentInputs = (Command: Parameters<typeof s3.commandCalls>[0]) =>
  s3.commandCalls(Command).map((call) => call.args[0].input);

beforeEach(() => {
  head();
  s3.on(PutObjectCommand).resolves({});
  s3.on(CopyObjectCommand).resolves({
    CopyObjectResult: { ETag: '"e2"', ChecksumCRC64NVME: CRC, ChecksumType: 'FULL_OBJECT' },
  });
  s3.on(CreateMultipartUploadCommand).resolves({ UploadId: 'up' });
  s3.on(UploadPartCopyCommand).callsFake(({ PartNumber }) => ({
    CopyPartResult: { ETag: `"p${PartNumber}"`, ChecksumCRC64NVME: `c${PartNumber}` },
  }));
  s3.on(CompleteMultipartUploadCommand).resolves({
    ETag: '"e2-3"',
    ChecksumCRC64NVME: CRC,
    ChecksumType: 'FULL_OBJECT',
  });
  s3.on(AbortMultipartUploadCommand).resolves({});
  s3.on(ListPartsCommand).resolves({});
});
afterEach(() => s3.reset());

describe('a copy in one call', () => {
  it('copies exactly the version of the object that it read, without tags or annotations', async () => {
    await transfer();
    expect(sentInputs(CopyObjectCommand)).toEqual([
      {
        Bucket: 'into',
        Key: 'in/ü.csv',
        CopySource: 'from/out/a%20%2B%25.csv',
        CopySourceIfMatch: '"e1"',
        TaggingDirective: 'REPLACE',
        AnnotationDirective: 'EXCLUDE',
        ChecksumAlgorithm: 'CRC64NVME',
      },
    ]);
    expect(sentInputs(HeadObjectCommand)).toEqual([
      { Bucket: 'from', Key: 'out/a +%.csv', ChecksumMode: 'ENABLED' },
    ]);
  });

  it('writes a receipt that verifies with the task’s public key, and returns the hash of its bytes', async () => {
    const result = await transfer();
    const [put] = sentInputs(PutObjectCommand) as { Bucket: string; Key: string; Body: string }[];
    expect(put).toMatchObject({ Bucket: 'into', Key: 'in/ü.csv.receipt.json' });
    const envelope = dsseEnvelope.parse(JSON.parse(put?.Body ?? ''));
    expect(verifyEnvelope(envelope, createPublicKey(pair.privateKey))).toBe(true);
    expect(envelope.signatures[0]?.keyid).toBe(keyIdOf(pair.publicKey));
    expect(JSON.parse(Buffer.from(envelope.payload, 'base64').toString())).toEqual({
      boundaryId: 'object-transfer.t-1',
      source: { bucket: 'from', key: 'out/a +%.csv', etag: '"e1"' },
      destination: { bucket: 'into', key: 'in/ü.csv', etag: '"e2"' },
      bytes: 20,
      checksum: { algorithm: 'CRC64NVME', value: CRC },
      check: 'full-object-checksum',
      copiedAt: '2026-11-23T10:00:00.000Z',
    });
    expect(result).toEqual({
      bytes: 20,
      checksum: { algorithm: 'CRC64NVME', value: CRC },
      check: 'full-object-checksum',
      receipt: { key: 'in/ü.csv.receipt.json', sha256: sha256Hex(put?.Body ?? '') },
    });
  });

  it('writes no receipt when the copy differs', async () => {
    s3.on(CopyObjectCommand).resolves({ CopyObjectResult: { ChecksumCRC64NVME: 'other' } });
    await expect(transfer()).rejects.toMatchObject({
      name: 'ChecksumMismatch',
      message: expect.stringMatching(/other.*oHhxNBAuBcg=/),
    });
    expect(sentInputs(PutObjectCommand)).toEqual([]);
  });

  it('compares MD5 ETags when there is no checksum, and reports it', async () => {
    const ETag = `"${'ab'.repeat(16)}"`;
    head({ ETag, ChecksumCRC64NVME: undefined, ServerSideEncryption: 'AES256' });
    s3.on(CopyObjectCommand).resolves({ CopyObjectResult: { ETag }, ServerSideEncryption: 'AES256' });
    expect(await transfer()).toMatchObject({
      check: 'etag-md5',
      checksum: { algorithm: 'MD5', value: 'ab'.repeat(16) },
    });
    s3.on(CopyObjectCommand).resolves({ CopyObjectResult: { ETag }, ServerSideEncryption: 'aws:kms' });
    await expect(transfer()).rejects.toMatchObject({
      name: 'ChecksumUnavailable',
      message: expect.stringContaining('not checked'),
    });
    s3.on(CopyObjectCommand).resolves({ CopyObjectResult: { ETag: `"${'cd'.repeat(16)}"` } });
    await expect(transfer()).rejects.toMatchObject({ name: 'ChecksumMismatch' });
  });

  it.each<[string, Partial<HeadObjectCommandOutput>]>([
    [
      'composite by its type',
      {
        ChecksumCRC64NVME: undefined,
        ChecksumCRC32: 'AAAAAA==',
        ChecksumType: 'COMPOSITE',
        ETag: '"0123-2"',
      },
    ],
    [
      'composite by its value',
      { ChecksumCRC64NVME: undefined, ChecksumSHA256: 'abc=-2', ChecksumType: undefined, ETag: '"0123-2"' },
    ],
    ['an ETag of an upload in parts', { ChecksumCRC64NVME: undefined, ETag: `"${'ab'.repeat(16)}-2"` }],
    [
      'an ETag under KMS',
      { ChecksumCRC64NVME: undefined, ETag: `"${'ab'.repeat(16)}"`, ServerSideEncryption: 'aws:kms' },
    ],
  ])('copies nothing when the copy could not be checked: %s', async (_what, over) => {
    head(over);
    await expect(transfer()).rejects.toMatchObject({
      name: 'ChecksumUnavailable',
      message: expect.stringContaining('Nothing was copied'),
    });
    expect(sentInputs(CopyObjectCommand)).toEqual([]);
  });

  it.each<[string, Partial<HeadObjectCommandOutput>, string]>([
    ['SHA256', { ChecksumSHA256: 'sha' }, 'ChecksumSHA256'],
    ['CRC32', { ChecksumCRC64NVME: undefined, ChecksumCRC32: 'crc' }, 'ChecksumCRC32'],
  ])('uses the checksum algorithm of the source: %s', async (algorithm, over, field) => {
    head(over);
    const copied = { [field]: Object.values(over).find(Boolean) };
    s3.on(CopyObjectCommand).resolves({ CopyObjectResult: copied });
    expect(await transfer()).toMatchObject({ checksum: { algorithm } });
    expect(sentInputs(CopyObjectCommand)[0]).toMatchObject({ ChecksumAlgorithm: algorithm });
  });

  it('throws SourceChanged when the source changed meanwhile', async () => {
    s3.on(CopyObjectCommand).rejects(named('PreconditionFailed', 'At least one of the pre-conditions'));
    await expect(transfer()).rejects.toMatchObject({
      name: 'SourceChanged',
      message: expect.stringContaining('"e1"'),
    });
  });

  it('keeps the error name of AWS when the destination is refused', async () => {
    s3.on(CopyObjectCommand).rejects(named('AccessDenied'));
    await expect(transfer()).rejects.toMatchObject({ name: 'AccessDenied' });
  });
});

describe('a source that cannot be read', () => {
  it('is reported with the error of a GET, because a HEAD has no error details', async () => {
    s3.on(HeadObjectCommand).rejects(named('Unknown', 'UnknownError'));
    s3.on(GetObjectCommand).rejects(
      named('AccessDenied', 'User: arn:aws:sts::… is not authorized to perform: s3:ListBucket'),
    );
    await expect(transfer()).rejects.toMatchObject({
      name: 'SourceUnreadable',
      message: expect.stringMatching(
        /"out\/a \+%\.csv" in bucket from.*missing, or.*not granted.*AccessDenied: User: arn.*s3:ListBucket/,
      ),
    });
    expect(s3.commandCalls(GetObjectCommand, { Bucket: 'from', Key: 'out/a +%.csv' })).toHaveLength(1);
  });

  it('is reported with the first error when the GET succeeds', async () => {
    s3.on(HeadObjectCommand).rejects(named('Unknown', 'status 500'));
    s3.on(GetObjectCommand).resolves({});
    await expect(transfer()).rejects.toMatchObject({
      name: 'SourceUnreadable',
      message: expect.stringContaining('Unknown: status 500'),
    });
  });

  it.each([{ ContentLength: undefined }, { ETag: undefined }])(
    'is refused when the answer lacks a required field: %j',
    async (over) => {
      head(over);
      await expect(transfer()).rejects.toMatchObject({ name: 'SourceUnreadable' });
    },
  );
});

describe('a copy in parts', () => {
  it('starts with the metadata of the source, copies every byte once, and completes with the checksum of the source', async () => {
    head({ ContentType: 'text/csv', Metadata: { team: 'x' }, CacheControl: 'no-store' });
    expect(await transfer(inParts)).toMatchObject({ bytes: 20, check: 'full-object-checksum' });
    expect(sentInputs(CreateMultipartUploadCommand)).toMatchObject([
      {
        Bucket: 'into',
        Key: 'in/ü.csv',
        ChecksumAlgorithm: 'CRC64NVME',
        ChecksumType: 'FULL_OBJECT',
        ContentType: 'text/csv',
        Metadata: { team: 'x' },
        CacheControl: 'no-store',
      },
    ]);
    const parts = sentInputs(UploadPartCopyCommand) as { CopySourceRange: string }[];
    expect(parts.map((part) => part.CopySourceRange)).toEqual(['bytes=0-7', 'bytes=8-15', 'bytes=16-19']);
    for (const part of parts)
      expect(part).toMatchObject({
        UploadId: 'up',
        CopySource: 'from/out/a%20%2B%25.csv',
        CopySourceIfMatch: '"e1"',
      });
    expect(sentInputs(CompleteMultipartUploadCommand)).toMatchObject([
      {
        ChecksumCRC64NVME: CRC,
        ChecksumType: 'FULL_OBJECT',
        MultipartUpload: {
          Parts: [
            { PartNumber: 1, ETag: '"p1"' },
            { PartNumber: 2 },
            { PartNumber: 3, ChecksumCRC64NVME: 'c3' },
          ],
        },
      },
    ]);
    expect(sentInputs(AbortMultipartUploadCommand)).toEqual([]);
  });

  it('is not started when the whole object could not be checked', async () => {
    head({ ChecksumCRC64NVME: undefined, ChecksumSHA256: 'sha' });
    await expect(transfer(inParts)).rejects.toMatchObject({ name: 'ChecksumUnavailable' });
    expect(sentInputs(CreateMultipartUploadCommand)).toEqual([]);
  });

  it.each([
    ['a part', UploadPartCopyCommand],
    ['the completion', CompleteMultipartUploadCommand],
  ])('is aborted when %s fails, and the failure keeps its name', async (_what, Command) => {
    s3.on(Command as typeof UploadPartCopyCommand).rejects(named('SlowDown'));
    await expect(transfer(inParts)).rejects.toMatchObject({ name: 'SlowDown' });
    expect(sentInputs(AbortMultipartUploadCommand)).toEqual([
      { Bucket: 'into', Key: 'in/ü.csv', UploadId: 'up' },
    ]);
    expect(sentInputs(PutObjectCommand)).toEqual([]);
  });

  it('reports both errors when the abort also fails', async () => {
    s3.on(UploadPartCopyCommand).rejects(named('SlowDown', 'slower'));
    s3.on(AbortMultipartUploadCommand).rejects(named('AccessDenied', 'not that'));
    await expect(transfer(inParts)).rejects.toMatchObject({
      name: 'SlowDown',
      message: expect.stringMatching(/slower.*up.*AccessDenied: not that/),
    });
  });

  it('stops copying parts after one failed', async () => {
    s3.on(UploadPartCopyCommand).rejects(named('SlowDown'));
    await expect(transfer({ ...inParts, PART_BYTES: 1 })).rejects.toMatchObject({ name: 'SlowDown' });
    expect(s3.commandCalls(UploadPartCopyCommand).length).toBeLessThanOrEqual(8);
  });

  it('is aborted when the time is over before the first part is copied', async () => {
    const ended = new AbortController();
    s3.on(UploadPartCopyCommand).callsFake(() => {
      ended.abort(named('DeadlineNear'));
      throw named('AbortError');
    });
    await expect(transfer({ ...inParts, PART_BYTES: 1 }, ended.signal)).rejects.toMatchObject({
      name: expect.stringMatching(/DeadlineNear|AbortError/),
    });
    expect(sentInputs(AbortMultipartUploadCommand)).toHaveLength(1);
  });
});

describe('a copy in several runs', () => {
  const CHECKPOINT = { uploadId: 'up', etag: '"e1"', bytes: 20 };
  const oneByOne = { ...inParts, PARALLEL_PARTS: 1 };
  const part = (PartNumber: number, Size: number) => ({
    PartNumber,
    Size,
    ETag: `"p${PartNumber}"`,
    ChecksumCRC64NVME: `c${PartNumber}`,
  });
  const copiedParts = () =>
    (sentInputs(UploadPartCopyCommand) as { PartNumber: number }[]).map(({ PartNumber }) => PartNumber);
  /** A signal that leaves time for the given number of parts. */
  const run = (
    parts: number,
    checkpoint: Task['checkpoint'] = null,
    over: Pick<Partial<Task>, 'signal'> = {},
  ) => {
    const before = s3.commandCalls(UploadPartCopyCommand).length;
    const timeLeftMs = () =>
      s3.commandCalls(UploadPartCopyCommand).length - before < parts ? 60_000 : 10_000;
    return transferObject(
      transferTask(parameters, pem, undefined, { checkpoint, timeLeftMs, ...over }),
      oneByOne,
    );
  };
  const noSuchUpload = () => Object.assign(named('NoSuchUpload'), { $metadata: { httpStatusCode: 404 } });

  it('returns its upload as a checkpoint before the time is over, and aborts nothing', async () => {
    const handed = await run(2);
    expect(handed instanceof More && handed.checkpoint).toEqual(CHECKPOINT);
    expect(copiedParts()).toEqual([1, 2]);
    expect(sentInputs(AbortMultipartUploadCommand)).toEqual([]);
    expect(sentInputs(CompleteMultipartUploadCommand)).toEqual([]);
    expect(sentInputs(PutObjectCommand)).toEqual([]);
  });

  it('copies at least one part in each run', async () => {
    expect(await run(0)).toBeInstanceOf(More);
    expect(copiedParts()).toEqual([1]);
  });

  it('copies only the parts that S3 does not have completely, after reading all pages, and completes the upload once', async () => {
    s3.on(ListPartsCommand)
      .resolvesOnce({ Parts: [part(1, 8)], IsTruncated: true, NextPartNumberMarker: '1' })
      .resolves({ Parts: [part(2, 3)], IsTruncated: false });
    expect(await run(9, CHECKPOINT)).toMatchObject({ bytes: 20, check: 'full-object-checksum' });
    expect(sentInputs(ListPartsCommand)).toMatchObject([{ UploadId: 'up' }, { PartNumberMarker: '1' }]);
    expect(copiedParts()).toEqual([2, 3]);
    expect(sentInputs(CreateMultipartUploadCommand)).toEqual([]);
    const Parts = [1, 2, 3].map((number) => ({
      PartNumber: number,
      ETag: `"p${number}"`,
      ChecksumCRC64NVME: `c${number}`,
    }));
    expect(sentInputs(CompleteMultipartUploadCommand)).toMatchObject([{ MultipartUpload: { Parts } }]);
  });

  it('leaves the completion to the next run when the time is over after the last part', async () => {
    expect(await run(3)).toBeInstanceOf(More);
    expect(copiedParts()).toEqual([1, 2, 3]);
    s3.on(ListPartsCommand).resolves({ Parts: [part(1, 8), part(2, 8), part(3, 4)] });
    expect(await run(0, CHECKPOINT)).toMatchObject({ bytes: 20 });
    expect(copiedParts()).toEqual([1, 2, 3]);
  });

  it('returns a checkpoint when the signal comes during a part', async () => {
    const ended = new AbortController();
    s3.on(UploadPartCopyCommand).callsFake(({ PartNumber }) => {
      if (PartNumber === 2) ended.abort(named('DeadlineNear'));
      if (PartNumber === 2) throw named('AbortError');
      return {};
    });
    expect(await run(9, null, { signal: ended.signal })).toBeInstanceOf(More);
    expect(sentInputs(AbortMultipartUploadCommand)).toEqual([]);
  });

  it.each<[string, Partial<HeadObjectCommandOutput>]>([
    ['another ETag', { ETag: '"e9"' }],
    ['another length', { ContentLength: 21 }],
  ])('fails and aborts when the source has %s', async (_what, over) => {
    head(over);
    await expect(run(9, CHECKPOINT)).rejects.toMatchObject({
      name: 'SourceChanged',
      message: expect.stringContaining('"e1" and 20 bytes'),
    });
    expect(sentInputs(AbortMultipartUploadCommand)).toMatchObject([{ UploadId: 'up' }]);
    expect(copiedParts()).toEqual([]);
  });

  it('fails and aborts when the source is gone', async () => {
    s3.on(HeadObjectCommand).rejects(named('NotFound'));
    s3.on(GetObjectCommand).rejects(named('NoSuchKey'));
    await expect(run(9, CHECKPOINT)).rejects.toMatchObject({ name: 'SourceUnreadable' });
    expect(sentInputs(AbortMultipartUploadCommand)).toHaveLength(1);
  });

  /** The answer of HEAD for the destination. */
  const destination = (over: Partial<HeadObjectCommandOutput>) =>
    s3
      .on(HeadObjectCommand, { Bucket: 'into' })
      .resolves({ ContentLength: 20, ETag: '"e2-3"', ChecksumType: 'FULL_OBJECT', ...over });

  it('is done when the same run finds that the answer to its completion was lost', async () => {
    destination({ ChecksumCRC64NVME: CRC });
    for (const error of [noSuchUpload(), named('TimeoutError')]) {
      s3.on(CompleteMultipartUploadCommand).rejects(error);
      s3.on(ListPartsCommand).rejects(noSuchUpload());
      expect(await run(9)).toMatchObject({ checksum: { value: CRC } });
    }
    expect(sentInputs(AbortMultipartUploadCommand)).toEqual([]);
  });

  it('is done, without another copy, when the next run finds that the answer was lost', async () => {
    destination({ ChecksumCRC64NVME: CRC });
    s3.on(ListPartsCommand).rejects(noSuchUpload());
    expect(await run(9, CHECKPOINT)).toMatchObject({ checksum: { value: CRC } });
    expect(copiedParts()).toEqual([]);
    expect(sentInputs(CompleteMultipartUploadCommand)).toEqual([]);
  });

  it('fails when the upload is gone and the destination contains another object', async () => {
    destination({ ChecksumCRC64NVME: 'other' });
    s3.on(ListPartsCommand).rejects(noSuchUpload());
    await expect(run(9, CHECKPOINT)).rejects.toMatchObject({
      name: 'UploadGone',
      message: expect.stringMatching(/up to into no longer exists.*other.*lifecycle/),
    });
    expect(sentInputs(PutObjectCommand)).toEqual([]);
  });

  it('refuses a checkpoint in another form', async () => {
    await expect(run(9, { uploadId: 1 })).rejects.toMatchObject({ name: 'ZodError' });
    expect(s3.calls()).toHaveLength(0);
  });
});

it('the work refuses a destination whose receipt key would be too long, before it reads anything', async () => {
  const task = (destinationKey: string) => transferTask({ sourceKey: 'a', destinationKey }, pem);
  await expect(transferObject(task('x'.repeat(1012)), environment)).rejects.toMatchObject({
    name: 'TransferRefused',
    message: expect.stringContaining('1025 bytes'),
  });
  expect(s3.calls()).toHaveLength(0);
  await expect(transferObject(task('x'.repeat(1011)), environment)).resolves.toMatchObject({ bytes: 20 });
});
