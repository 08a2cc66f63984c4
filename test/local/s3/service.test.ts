import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  ListPartsCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { Changes } from 'taskbound-local/state/changes';
import { record } from '../state/recorded.ts';
import { checksumOf } from '../../../packages/local/s3/checksums.ts';
import { S3Service } from 'taskbound-local/s3/service';
import { TestGateway } from '../test-gateway.ts';

const nowMs = () => Date.parse('2026-11-23T10:00:00Z');
let gateway = new TestGateway(nowMs);
let s3 = new S3Service({ clock: { nowMs } });
let client = new S3Client(gateway.clientConfig());

beforeEach(() => {
  gateway = new TestGateway(nowMs);
  s3 = new S3Service({ clock: { nowMs }, limits: { copyBytes: 100, partBytes: 4 } });
  for (const bucket of ['from', 'to']) s3.createBucket(bucket);
  gateway.register(s3);
  client = new S3Client(gateway.clientConfig());
});

const source = (bucket: string, key: string): string => `${bucket}/${encodeURIComponent(key)}`;
const read = async (bucket: string, key: string) => {
  const answer = await client.send(
    new GetObjectCommand({ Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' }),
  );
  return { ...answer, text: await answer.Body?.transformToString() };
};
const deny = (...actions: string[]) => (gateway.allows = (check) => !actions.includes(check.action));
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => 'done',
    (error: { name: string; $metadata?: { httpStatusCode?: number } }) => [
      error.name,
      error.$metadata?.httpStatusCode,
    ],
  );

describe('a bucket with Object Lock', () => {
  beforeEach(() => s3.createBucket('locked', { objectLock: true }));
  const at = { Bucket: 'locked', Key: 'a', Body: 'x' };

  it('accepts an object with a checksum, and refuses one without', async () => {
    expect(await refusal(client.send(new PutObjectCommand({ ...at, ChecksumAlgorithm: 'SHA256' })))).toBe(
      'done',
    );
    const bare = new S3Client({ ...gateway.clientConfig(), requestChecksumCalculation: 'WHEN_REQUIRED' });
    expect(await refusal(bare.send(new PutObjectCommand({ ...at, Key: 'b' })))).toEqual([
      'InvalidRequest',
      400,
    ]);
    expect(s3.keys('locked')).toEqual(['a']);
  });

  it('can be written only by PutObject', async () => {
    s3.put('from', 'a', Buffer.from('x'));
    const copy = new CopyObjectCommand({ Bucket: 'locked', Key: 'b', CopySource: source('from', 'a') });
    expect(await refusal(client.send(copy))).toEqual(['NotImplemented', 501]);
    const upload = new CreateMultipartUploadCommand({ Bucket: 'locked', Key: 'b' });
    expect(await refusal(client.send(upload))).toEqual(['NotImplemented', 501]);
  });
});

describe('objects', () => {
  it('are put, read and described', async () => {
    const put = await client.send(
      new PutObjectCommand({
        Bucket: 'to',
        Key: 'a',
        Body: 'hello',
        ContentType: 'text/plain',
        Metadata: { who: 'me' },
      }),
    );
    expect(put.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"');
    const got = await read('to', 'a');
    expect(got).toMatchObject({
      text: 'hello',
      ContentType: 'text/plain',
      Metadata: { who: 'me' },
      ContentLength: 5,
      ETag: put.ETag,
      ChecksumType: 'FULL_OBJECT',
    });
    expect(got.ChecksumCRC32).toBe(put.ChecksumCRC32);
    expect(await client.send(new HeadObjectCommand({ Bucket: 'to', Key: 'a' }))).toMatchObject({
      ContentLength: 5,
      LastModified: new Date(nowMs()),
    });
  });

  it('get CRC64NVME when no checksum is sent, and otherwise keep the sent one', async () => {
    const plain = new S3Client({ ...gateway.clientConfig(), requestChecksumCalculation: 'WHEN_REQUIRED' });
    await plain.send(new PutObjectCommand({ Bucket: 'to', Key: 'none', Body: 'hello' }));
    await plain.send(
      new PutObjectCommand({ Bucket: 'to', Key: 'sha', Body: 'hello', ChecksumAlgorithm: 'SHA256' }),
    );
    const head = (Key: string) =>
      plain.send(new HeadObjectCommand({ Bucket: 'to', Key, ChecksumMode: 'ENABLED' }));
    expect((await head('none')).ChecksumCRC64NVME).toBe(checksumOf(Buffer.from('hello'), 'CRC64NVME').value);
    expect((await head('sha')).ChecksumSHA256).toBe(checksumOf(Buffer.from('hello'), 'SHA256').value);
    expect(
      await refusal(
        plain.send(new PutObjectCommand({ Bucket: 'to', Key: 'bad', Body: 'hello', ChecksumSHA256: 'AAAA' })),
      ),
    ).toEqual(['BadDigest', 400]);
  });

  it('can be sent in chunks with the checksum in a trailer', async () => {
    await client.send(
      new PutObjectCommand({
        Bucket: 'to',
        Key: 's',
        Body: Readable.from([Buffer.from('hel'), Buffer.from('lo')]),
        ContentLength: 5,
      }),
    );
    expect(gateway.requests.at(-1)?.headers['x-amz-content-sha256']).toMatch(/^STREAMING-/);
    expect((await read('to', 's')).text).toBe('hello');
    expect((await read('to', 's')).ContentEncoding).toBeUndefined();
  });

  it.each([
    ['bytes=1-2', 'el', 'bytes 1-2/5'],
    ['bytes=3-', 'lo', 'bytes 3-4/5'],
    ['bytes=-2', 'lo', 'bytes 3-4/5'],
    ['bytes=0-99', 'hello', 'bytes 0-4/5'],
  ])('answer the range %s', async (Range, text, ContentRange) => {
    s3.put('to', 'r', Buffer.from('hello'));
    const answer = await client.send(new GetObjectCommand({ Bucket: 'to', Key: 'r', Range }));
    expect([await answer.Body?.transformToString(), answer.ContentRange]).toEqual([text, ContentRange]);
  });

  it('refuse a range after the end', async () => {
    s3.put('to', 'r', Buffer.from('hello'));
    expect(
      await refusal(client.send(new GetObjectCommand({ Bucket: 'to', Key: 'r', Range: 'bytes=5-9' }))),
    ).toEqual(['InvalidRange', 416]);
  });

  it('support conditional writes', async () => {
    const put = (more: object) =>
      refusal(client.send(new PutObjectCommand({ Bucket: 'to', Key: 'c', Body: '1', ...more })));
    expect(await put({ IfNoneMatch: '*' })).toBe('done');
    expect(await put({ IfNoneMatch: '*' })).toEqual(['PreconditionFailed', 412]);
    expect(await put({ IfMatch: '"other"' })).toEqual(['PreconditionFailed', 412]);
  });

  it('reveal that a key does not exist only to callers who may list', async () => {
    const get = () => refusal(client.send(new GetObjectCommand({ Bucket: 'to', Key: 'none' })));
    const head = () => refusal(client.send(new HeadObjectCommand({ Bucket: 'to', Key: 'none' })));
    expect(await get()).toEqual(['NoSuchKey', 404]);
    expect(await head()).toEqual(['NotFound', 404]);
    deny('s3:ListBucket');
    expect(await get()).toEqual(['AccessDenied', 403]);
    expect((await head())[1]).toBe(403);
    expect(await refusal(client.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'k' })))).toEqual([
      'NoSuchBucket',
      404,
    ]);
  });

  it('authorize the exact object, with the bucket policy', async () => {
    const policy = { Statement: [] };
    s3.setBucketPolicy('to', policy);
    s3.put('to', 'a b+c', Buffer.from('x'));
    await read('to', 'a b+c');
    expect(gateway.checks).toMatchObject([
      { action: 's3:GetObject', resource: 'arn:aws:s3:::to/a b+c', resourcePolicy: policy },
    ]);
    expect(gateway.records).toMatchObject([
      {
        eventName: 'GetObject',
        eventCategory: 'Data',
        readOnly: true,
        requestParameters: { bucketName: 'to', key: 'a b+c' },
      },
    ]);
  });

  it('refuse unsupported operations', async () => {
    expect(await refusal(client.send(new DeleteObjectCommand({ Bucket: 'to', Key: 'a' })))).toEqual([
      'NotImplemented',
      501,
    ]);
    expect(
      await refusal(
        client.send(new PutObjectCommand({ Bucket: 'to', Key: 'a', Body: '', ACL: 'public-read' })),
      ),
    ).toEqual(['NotImplemented', 501]);
  });

  it('have keys of at most 1,024 bytes', async () => {
    const put = (Key: string) => refusal(client.send(new PutObjectCommand({ Bucket: 'to', Key, Body: '' })));
    expect(await put('é'.repeat(512))).toBe('done');
    expect(await put(`${'é'.repeat(512)}x`)).toEqual(['KeyTooLongError', 400]);
  });
});

describe('keys', () => {
  const odd = [
    'a b',
    'a+b',
    'a*',
    'a?b',
    '$x',
    `q'"`,
    '100%',
    '%41',
    'back\\slash',
    'Grüße',
    'a//b',
    '/lead',
    'tail/',
    '..',
    'a/../b',
    './x',
    '~',
    '#frag',
    '&amp;',
    '日本',
  ];

  it.each(odd)('%j are exact, in put, copy and get', async (key) => {
    await client.send(new PutObjectCommand({ Bucket: 'from', Key: key, Body: key }));
    await client.send(new CopyObjectCommand({ Bucket: 'to', Key: key, CopySource: source('from', key) }));
    expect(s3.keys('to')).toEqual([key]);
    expect((await read('to', key)).text).toBe(key);
    const listed = await client.send(new ListObjectsV2Command({ Bucket: 'to' }));
    expect(listed.Contents?.map((item) => item.Key)).toEqual([key]);
  });

  it('are exact, for any text', async () => {
    const key = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
      .filter((text) => text.isWellFormed());
    await fc.assert(
      fc.asyncProperty(key, async (name) => {
        await client.send(new PutObjectCommand({ Bucket: 'from', Key: name, Body: name }));
        expect(s3.get('from', name)?.toString()).toBe(name);
      }),
      { numRuns: 100 },
    );
  });
});

describe('copies', () => {
  beforeEach(async () => {
    await client.send(
      new PutObjectCommand({
        Bucket: 'from',
        Key: 'k',
        Body: 'content',
        ContentType: 'text/x',
        Tagging: 'team=blue',
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    gateway.checks.length = 0;
  });
  const copy = (more: object = {}) =>
    client.send(new CopyObjectCommand({ Bucket: 'to', Key: 'k', CopySource: source('from', 'k'), ...more }));

  it("return checksums, of the source's kind or the one asked for", async () => {
    expect((await copy()).CopyObjectResult).toMatchObject({
      ChecksumSHA256: checksumOf(Buffer.from('content'), 'SHA256').value,
      ChecksumType: 'FULL_OBJECT',
    });
    expect((await copy({ ChecksumAlgorithm: 'CRC64NVME' })).CopyObjectResult).toMatchObject({
      ChecksumCRC64NVME: checksumOf(Buffer.from('content'), 'CRC64NVME').value,
      ETag: '"9a0364b9e99bb480dd25e1f0284c8555"',
    });
    expect((await read('to', 'k')).ContentType).toBe('text/x');
  });

  it('need permissions for tags only when tags are copied', async () => {
    await copy({ TaggingDirective: 'REPLACE' });
    expect(gateway.checks.map((check) => [check.action, check.resource])).toEqual([
      ['s3:PutObject', 'arn:aws:s3:::to/k'],
      ['s3:GetObject', 'arn:aws:s3:::from/k'],
    ]);
    deny('s3:GetObjectTagging');
    expect(await refusal(copy())).toEqual(['AccessDenied', 403]);
    deny('s3:PutObjectTagging');
    expect(await refusal(copy())).toEqual(['AccessDenied', 403]);
  });

  it.each(['s3:GetObject', 's3:PutObject'])('need %s', async (action) => {
    deny(action);
    expect(await refusal(copy())).toEqual(['AccessDenied', 403]);
    expect(s3.keys('to')).toEqual([]);
  });

  it("check the source's ETag", async () => {
    expect(await refusal(copy({ CopySourceIfMatch: '"9a0364b9e99bb480dd25e1f0284c8555"' }))).toBe('done');
    expect(await refusal(copy({ CopySourceIfMatch: '"other"' }))).toEqual(['PreconditionFailed', 412]);
  });

  it('are limited in size', async () => {
    s3.put('from', 'k', Buffer.alloc(100));
    expect(await refusal(copy())).toBe('done');
    s3.put('from', 'k', Buffer.alloc(101));
    expect(await refusal(copy())).toEqual(['InvalidRequest', 400]);
  });

  it('replace metadata on request, and never copy onto themselves', async () => {
    await copy({ MetadataDirective: 'REPLACE', ContentType: 'text/y' });
    expect((await read('to', 'k')).ContentType).toBe('text/y');
    expect(await refusal(copy({ Bucket: 'from' }))).toEqual(['InvalidRequest', 400]);
  });

  it('reveal a missing source only to callers who may list its bucket', async () => {
    const missing = { CopySource: source('from', 'none') };
    expect(await refusal(copy(missing))).toEqual(['NoSuchKey', 404]);
    deny('s3:ListBucket');
    expect(await refusal(copy(missing))).toEqual(['AccessDenied', 403]);
  });
});

describe('multipart uploads', () => {
  const start = async (more: object = {}) =>
    (await client.send(new CreateMultipartUploadCommand({ Bucket: 'to', Key: 'm', ...more }))).UploadId ?? '';
  const complete = (UploadId: string, parts: readonly (string | undefined)[]) =>
    client.send(
      new CompleteMultipartUploadCommand({
        Bucket: 'to',
        Key: 'm',
        UploadId,
        MultipartUpload: { Parts: parts.map((ETag, index) => ({ ETag, PartNumber: index + 1 })) },
      }),
    );

  it('copy ranges and give a checksum of the whole', async () => {
    s3.put('from', 'big', Buffer.from('0123456789'));
    const UploadId = await start();
    const part = async (PartNumber: number, CopySourceRange: string) =>
      (
        await client.send(
          new UploadPartCopyCommand({
            Bucket: 'to',
            Key: 'm',
            UploadId,
            PartNumber,
            CopySource: 'from/big',
            CopySourceRange,
          }),
        )
      ).CopyPartResult;
    const parts = [await part(1, 'bytes=0-4'), await part(2, 'bytes=5-9')];
    expect(parts[0]?.ChecksumCRC64NVME).toBe(checksumOf(Buffer.from('01234'), 'CRC64NVME').value);
    const done = await complete(
      UploadId,
      parts.map((item) => item?.ETag),
    );
    expect(done).toMatchObject({
      ChecksumCRC64NVME: checksumOf(Buffer.from('0123456789'), 'CRC64NVME').value,
      ChecksumType: 'FULL_OBJECT',
      ETag: expect.stringMatching(/-2"$/),
    });
    expect((await read('to', 'm')).text).toBe('0123456789');
    expect(
      await refusal(
        complete(
          UploadId,
          parts.map((item) => item?.ETag),
        ),
      ),
    ).toEqual(['NoSuchUpload', 404]);
  });

  it('return a composite checksum for SHA256', async () => {
    const UploadId = await start({ ChecksumAlgorithm: 'SHA256' });
    const part = await client.send(
      new UploadPartCommand({
        Bucket: 'to',
        Key: 'm',
        UploadId,
        PartNumber: 1,
        Body: 'hello',
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    expect(part.ChecksumSHA256).toBe(checksumOf(Buffer.from('hello'), 'SHA256').value);
    expect(await complete(UploadId, [part.ETag])).toMatchObject({
      ChecksumSHA256: expect.stringMatching(/-1$/),
      ChecksumType: 'COMPOSITE',
    });
    expect((await read('to', 'm')).text).toBe('hello');
  });

  it('refuse wrong and small parts', async () => {
    const UploadId = await start();
    const put = async (PartNumber: number, Body: string) =>
      (await client.send(new UploadPartCommand({ Bucket: 'to', Key: 'm', UploadId, PartNumber, Body }))).ETag;
    const [small, last] = [await put(1, 'abc'), await put(2, 'd')];
    expect(await refusal(complete(UploadId, [last, last]))).toEqual(['InvalidPart', 400]);
    expect(await refusal(complete(UploadId, [small, last]))).toEqual(['EntityTooSmall', 400]);
    expect(await refusal(complete(UploadId, [await put(1, 'abcd'), last]))).toBe('done');
  });

  it('list their parts by number, in pages, which needs its own permission', async () => {
    const UploadId = await start();
    const list = (more: object = {}) =>
      client.send(new ListPartsCommand({ Bucket: 'to', Key: 'm', UploadId, ...more }));
    expect(await list()).toMatchObject({ IsTruncated: false, ChecksumType: 'FULL_OBJECT' });
    for (const PartNumber of [10, 2, 1])
      await client.send(
        new UploadPartCommand({ Bucket: 'to', Key: 'm', UploadId, PartNumber, Body: `part ${PartNumber}` }),
      );
    const page = await list({ MaxParts: 2 });
    expect(page).toMatchObject({ MaxParts: 2, IsTruncated: true, NextPartNumberMarker: '2' });
    expect(page.Parts).toMatchObject([
      {
        PartNumber: 1,
        Size: 6,
        ETag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
        ChecksumCRC64NVME: checksumOf(Buffer.from('part 1'), 'CRC64NVME').value,
      },
      { PartNumber: 2 },
    ]);
    const rest = await list({ PartNumberMarker: page.NextPartNumberMarker });
    expect([rest.IsTruncated, rest.Parts?.map((part) => part.PartNumber)]).toEqual([false, [10]]);
    expect(await refusal(list({ MaxParts: -1 }))).toEqual(['InvalidArgument', 400]);
    expect(await refusal(list({ UploadId: 'none' }))).toEqual(['NoSuchUpload', 404]);
    deny('s3:ListMultipartUploadParts');
    expect(await refusal(list())).toEqual(['AccessDenied', 403]);
  });

  it('can be aborted, which needs its own permission', async () => {
    const UploadId = await start();
    const abort = () =>
      refusal(client.send(new AbortMultipartUploadCommand({ Bucket: 'to', Key: 'm', UploadId })));
    deny('s3:AbortMultipartUpload');
    expect(await abort()).toEqual(['AccessDenied', 403]);
    deny();
    expect(await abort()).toBe('done');
    expect(await abort()).toEqual(['NoSuchUpload', 404]);
  });
});

describe('listings', () => {
  it('support prefix, delimiter and pages', async () => {
    for (const key of ['a/1', 'a/2', 'a/b/3', 'c']) s3.put('to', key, Buffer.from('x'));
    const list = (more: object) => client.send(new ListObjectsV2Command({ Bucket: 'to', ...more }));
    expect((await list({ Prefix: 'a/' })).Contents?.map((item) => item.Key)).toEqual(['a/1', 'a/2', 'a/b/3']);
    const folders = await list({ Prefix: 'a/', Delimiter: '/' });
    expect([folders.Contents?.length, folders.CommonPrefixes]).toEqual([2, [{ Prefix: 'a/b/' }]]);
    const page = await list({ MaxKeys: 3 });
    expect(page).toMatchObject({ IsTruncated: true, KeyCount: 3 });
    expect(
      (await list({ ContinuationToken: page.NextContinuationToken })).Contents?.map((item) => item.Key),
    ).toEqual(['c']);
  });

  it('pass the prefix to IAM only when there is one', async () => {
    await client.send(new ListObjectsV2Command({ Bucket: 'to', Prefix: 'a/' }));
    await client.send(new ListObjectsV2Command({ Bucket: 'to' }));
    expect(
      gateway.checks.map((check) => [check.action, check.resource, check.context?.['s3:prefix']]),
    ).toEqual([
      ['s3:ListBucket', 'arn:aws:s3:::to', 'a/'],
      ['s3:ListBucket', 'arn:aws:s3:::to', undefined],
    ]);
  });
});

it('reports objects with their bytes, to be saved', async () => {
  const changes = new Changes();
  const saved = record(changes);
  const s3 = new S3Service({ clock: { nowMs }, changes });
  s3.createBucket('to');
  gateway.register(s3);
  await client.send(
    new PutObjectCommand({ Bucket: 'to', Key: 'a', Body: 'hello', Metadata: { m: '1' }, Tagging: 't=1' }),
  );
  const { objects } = await saved();
  expect(objects).toEqual([{ bucket: 'to', key: 'a', object: s3.store.bucket('to').objects.get('a') }]);
  expect(await read('to', 'a')).toMatchObject({ text: 'hello', Metadata: { m: '1' } });
});
