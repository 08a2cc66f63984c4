import fc from 'fast-check';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { S3Service } from 'taskbound-local/s3/service';
import { DynamoDb } from '../../../packages/local/dynamodb/dynamodb-service.ts';
import { dumpStack, seedStack } from 'taskbound-local/seed/seed';

const outputs = { source: 'bucket-a', destination: 'bucket-b', url: 'http://127.0.0.1/' };
let root = '';
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'taskbound-seed-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const newS3 = (): S3Service => {
  const s3 = new S3Service({ clock: { nowMs: () => 0 } });
  s3.createBucket('bucket-a');
  s3.createBucket('bucket-b');
  return s3;
};

/** Buckets alone: a stack without tables. */
const dynamodb = new DynamoDb();
const dumpBuckets = (dir: string, names: typeof outputs, s3: S3Service) =>
  dumpStack(dir, names, { s3, dynamodb });
const seedBuckets = (dir: string, names: typeof outputs, s3: S3Service) =>
  seedStack(dir, names, { s3, dynamodb });

const contents = (s3: S3Service): unknown =>
  ['bucket-a', 'bucket-b'].map((bucket) =>
    s3.keys(bucket).map((key) => [key, s3.get(bucket, key)?.toString('hex')]),
  );

const tree = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();

const write = (path: string, content = 'x'): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
};

/** A file of this size that takes no room on the disk. */
const writeSparse = (path: string, bytes: number): void => {
  write(path);
  truncateSync(join(root, path), bytes);
};

const GIBIBYTE = 1024 ** 3;

const index = (...rows: unknown[]): void => write('d/s3/index.json', JSON.stringify(rows));

describe('dump', () => {
  it('writes keys that can be paths as files and indexes the rest', async () => {
    const s3 = newS3();
    const spelled = [
      'a.txt',
      'dir/b',
      'plain/x',
      'sp ace',
      'q?*$"\'%41\\',
      'é',
      ' ',
      '.hidden',
      '...',
      's'.repeat(255),
    ];
    const indexed = [
      'plain',
      'a//b',
      'tail/',
      '/lead',
      '..',
      'a/../b',
      './x',
      'x/.',
      'n\0ul',
      's'.repeat(256),
    ];
    for (const key of [...spelled, ...indexed]) s3.put('bucket-a', key, Buffer.from(key));
    await dumpBuckets(join(root, 'd'), outputs, s3);
    const rows: { bucket: string; key: string; file: string }[] = JSON.parse(
      readFileSync(join(root, 'd/s3/index.json'), 'utf8'),
    );
    expect(rows.map((row) => row.key).sort()).toEqual(indexed.sort());
    for (const { bucket, key, file } of rows)
      expect([bucket, readFileSync(join(root, 'd/s3', file), 'utf8')]).toEqual(['source', key]);
    for (const key of spelled) expect(readFileSync(`${root}/d/s3/source/${key}`, 'utf8')).toBe(key);
    expect(tree(join(root, 'd/s3/source'))).toEqual(spelled.sort());
    expect(readdirSync(join(root, 'd/s3')).sort()).toEqual([
      '.objects',
      'destination',
      'index.json',
      'source',
    ]);
  });

  it('replaces an earlier dump and touches nothing else', async () => {
    const s3 = newS3();
    s3.put('bucket-a', 'new', Buffer.from('1'));
    write('d/s3/source/stale');
    write('d/s3/other/kept');
    write('d/kept');
    await dumpBuckets(join(root, 'd'), outputs, s3);
    await dumpBuckets(join(root, 'd'), outputs, s3);
    expect(tree(join(root, 'd'))).toEqual(['kept', 's3/index.json', 's3/other/kept', 's3/source/new']);
  });

  it('does not write through links', async () => {
    const s3 = newS3();
    s3.put('bucket-a', 'file', Buffer.from('1'));
    mkdirSync(join(root, 'outside'));
    mkdirSync(join(root, 'd/s3'), { recursive: true });
    symlinkSync(join(root, 'outside'), join(root, 'd/s3/source'));
    await dumpBuckets(join(root, 'd'), outputs, s3);
    mkdirSync(join(root, 'e'));
    symlinkSync(join(root, 'outside'), join(root, 'e/s3'));
    await expect(dumpBuckets(join(root, 'e'), outputs, s3)).rejects.toThrow(/is a link or a file/);
    expect(readdirSync(join(root, 'outside'))).toEqual([]);
    expect(tree(join(root, 'd'))).toEqual(['s3/index.json', 's3/source/file']);
  });
});

describe('seed', () => {
  it('reads folders and rows', async () => {
    write('d/s3/source/a/b.txt', 'ab');
    write('d/s3/blobs/1', 'one');
    index(
      { bucket: 'source', key: 'a//b', file: 'blobs/1' },
      { bucket: 'destination', key: '..', file: 'blobs/1' },
    );
    const s3 = newS3();
    await seedBuckets(join(root, 'd'), outputs, s3);
    expect(s3.keys('bucket-a')).toEqual(['a/b.txt', 'a//b'].sort());
    expect(s3.get('bucket-b', '..')?.toString()).toBe('one');
  });

  it.each<[string, () => void, RegExp]>([
    ['a folder that is missing', () => undefined, /no such folder/],
    ['a folder without s3', () => write('d/x'), /has no folder 's3', 'dynamodb' or 'postgres'/],
    [
      'an unknown output',
      () => write('d/s3/sauce/x'),
      /sauce\/x does not belong to a bucket.*source, destination/,
    ],
    ['a stray file', () => write('d/s3/x'), /s3\/x does not belong to a bucket/],
    [
      'a link in a bucket',
      () => (write('d/s3/source/a'), symlinkSync('/etc/passwd', join(root, 'd/s3/source/link'))),
      /link is a symbolic link/,
    ],
    [
      's3 being a link',
      () => (
        write('real/source/a'),
        mkdirSync(join(root, 'd')),
        symlinkSync(join(root, 'real'), join(root, 'd/s3'))
      ),
      /s3 is a link or a file/,
    ],
    [
      'an index that is a link',
      () => (
        write('d/s3/source/a'),
        write('i.json', '[]'),
        symlinkSync(join(root, 'i.json'), join(root, 'd/s3/index.json'))
      ),
      /not a regular file/,
    ],
    ['an index that is not JSON', () => write('d/s3/index.json', '{'), /index\.json is not a list of/],
    [
      'a row with another field',
      () => index({ bucket: 'source', key: 'k', file: 'f', size: 1 }),
      /index\.json is not a list of[^]*size/,
    ],
    ['an empty key', () => index({ bucket: 'source', key: '', file: 'f' }), /index\.json is not a list of/],
    [
      'a row for an unknown bucket',
      () => index({ bucket: 'bucket-a', key: 'k', file: 'f' }),
      /row 1: bucket is 'bucket-a'; buckets are source, destination/,
    ],
    [
      'a row that leaves the folder',
      () => (write('secret'), index({ bucket: 'source', key: 'k', file: '../../secret' })),
      /must be a plain path below/,
    ],
    [
      'an absolute row',
      () => index({ bucket: 'source', key: 'k', file: '/etc/passwd' }),
      /must be a plain path below/,
    ],
    [
      'a row through a link',
      () => (
        write('d/s3/source/a'),
        symlinkSync('/etc', join(root, 'd/s3/source/etc')),
        index({ bucket: 'source', key: 'k', file: 'source/etc/passwd' })
      ),
      /symbolic link|not a folder/,
    ],
    [
      'a row without a file',
      () => index({ bucket: 'source', key: 'k', file: 'none' }),
      /row 1: file 'none' does not exist/,
    ],
    [
      'an object given twice',
      () => (write('d/s3/source/k'), index({ bucket: 'source', key: 'k', file: 'source/k' })),
      /given twice/,
    ],
    [
      'a key that is too long',
      () => (write('d/s3/f'), index({ bucket: 'source', key: 'k'.repeat(1025), file: 'f' })),
      /too long.*1025.*1024/,
    ],
    [
      'an object of 2 GiB',
      () => (write('d/s3/source/a'), writeSparse('d/s3/source/big', 2 * GIBIBYTE)),
      /^\S+source\/big has 2147483648 bytes; an object of a seed has at most 2147483647 bytes\. Replace/,
    ],
    [
      'a row whose file has more than 2 GiB',
      () => (
        write('d/s3/source/a'),
        writeSparse('d/s3/.objects/1', 2 * GIBIBYTE + 1),
        index({ bucket: 'source', key: '..', file: '.objects/1' })
      ),
      /objects\/1 has 2147483649 bytes; an object of a seed has at most/,
    ],
    [
      'an index that no text can hold',
      () => writeSparse('d/s3/index.json', GIBIBYTE),
      /index\.json has 1073741824 bytes; a JSON file of a seed has at most \d+ bytes\. Replace/,
    ],
    [
      'items that no text can hold',
      () => (write('d/s3/source/a'), writeSparse('d/dynamodb/cases.json', GIBIBYTE)),
      /cases\.json has 1073741824 bytes; a JSON file of a seed has at most \d+ bytes\. Replace/,
    ],
    [
      'a row without a file after one with a file',
      () => (
        write('d/s3/f'),
        index({ bucket: 'source', key: 'k', file: 'f' }, { bucket: 'source', key: 'l', file: 'none' })
      ),
      /row 2: file 'none' does not exist/,
    ],
    [
      'a key that is too long after one that is not',
      () => (
        write('d/s3/f'),
        index(
          { bucket: 'source', key: 'k', file: 'f' },
          { bucket: 'source', key: 'k'.repeat(1025), file: 'f' },
        )
      ),
      /row 2: S3 refuses the key/,
    ],
  ])('refuses %s, with a clear error, and puts nothing', async (_name, prepare, message) => {
    prepare();
    const s3 = newS3();
    await expect(seedBuckets(join(root, 'd'), outputs, s3)).rejects.toMatchObject({
      name: 'SeedError',
      message: expect.stringMatching(message),
    });
    expect(contents(s3)).toEqual([[], []]);
  });
});

describe('round trip', () => {
  const segment = fc.oneof(
    fc.constantFrom(
      '',
      '.',
      '..',
      'a',
      'A',
      'plain',
      ' ',
      'é',
      'e\u0301',
      '\\',
      '%2F',
      '*',
      '\u0000',
      'index.json',
      '.objects',
      's'.repeat(256),
    ),
    fc.string({ unit: 'binary', maxLength: 8 }),
  );
  const key = fc
    .array(segment, { minLength: 1, maxLength: 5 })
    .map((segments) => segments.join('/'))
    .filter((text) => text !== '' && text.isWellFormed() && Buffer.byteLength(text) <= 1024);
  const objects = fc.dictionary(key, fc.uint8Array({ maxLength: 64 }), { maxKeys: 12 });

  it('keeps any keys and contents, and writes nothing outside DIR', async () => {
    await fc.assert(
      fc.asyncProperty(objects, objects, async (source, destination) => {
        const first = newS3();
        for (const [name, content] of Object.entries(source)) first.put('bucket-a', name, content);
        for (const [name, content] of Object.entries(destination)) first.put('bucket-b', name, content);
        rmSync(join(root, 'one'), { recursive: true, force: true });
        rmSync(join(root, 'two'), { recursive: true, force: true });
        await dumpBuckets(join(root, 'one'), outputs, first);
        const second = newS3();
        await seedBuckets(join(root, 'one'), outputs, second);
        expect(contents(second)).toEqual(contents(first));
        await dumpBuckets(join(root, 'two'), outputs, second);
        expect(tree(join(root, 'two'))).toEqual(tree(join(root, 'one')));
        expect(readdirSync(root).sort()).toEqual(['one', 'two']);
        expect(readdirSync(join(root, 'one'))).toEqual(['s3']);
      }),
      { numRuns: 150 },
    );
  });
});
