import fc from 'fast-check';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DynamoDb } from '../../../packages/local/dynamodb/dynamodb-service.ts';
import { S3Service } from 'taskbound-local/s3/service';
import { dumpStack, seedStack } from 'taskbound-local/seed/seed';

const outputs = { cases: 'table-a', parts: 'table-b', url: 'http://127.0.0.1/' };
let root = '';
beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'taskbound-seed-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const s3 = new S3Service({ clock: { nowMs: () => 0 } });

/** A table with one key attribute, one with two, and one of Taskbound's own tables. */
async function newTables(): Promise<DynamoDb> {
  const dynamodb = new DynamoDb();
  const keys = {
    hash: { AttributeName: 'id', KeyType: 'HASH' },
    range: { AttributeName: 'at', KeyType: 'RANGE' },
  };
  const types = {
    id: { AttributeName: 'id', AttributeType: 'S' },
    at: { AttributeName: 'at', AttributeType: 'N' },
  };
  for (const [name, range] of [['table-a'], ['table-b', 'at'], ['ledger']] as const)
    await dynamodb.createTable({
      ...{ name, arn: `arn:${name}`, hash: 'id', indexes: {} },
      ...(range && { range }),
      definition: {
        TableName: name,
        ...{
          KeySchema: range ? [keys.hash, keys.range] : [keys.hash],
          AttributeDefinitions: range ? [types.id, types.at] : [types.id],
          BillingMode: 'PAY_PER_REQUEST',
        },
      },
    });
  return dynamodb;
}

const seed = (dynamodb: DynamoDb, dir = 'd') => seedStack(join(root, dir), outputs, { s3, dynamodb });
const dump = (dynamodb: DynamoDb, dir = 'd') => dumpStack(join(root, dir), outputs, { s3, dynamodb });

const write = (path: string, content: unknown): void => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
};
const dumped = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('items of a seed', () => {
  it('are put into the tables that their files name, and dumped in the same form', async () => {
    const dynamodb = await newTables();
    write('d/dynamodb/cases.json', [
      { id: 'C-2', open: true },
      { id: 'C-1', tags: ['a', { n: 1.5 }], note: null },
    ]);
    write('d/dynamodb/parts.json', [
      { id: 'x', at: 1 },
      { id: 'x', at: 2 },
    ]);
    await seed(dynamodb);
    expect(await dynamodb.items('table-a')).toContainEqual({ id: { S: 'C-2' }, open: { BOOL: true } });
    await dump(dynamodb, 'out');
    expect(readdirSync(join(root, 'out/dynamodb'))).toEqual(['cases.json', 'parts.json']);
    expect(dumped('out/dynamodb/cases.json')).toBe(
      '[\n  {"id":"C-1","note":null,"tags":["a",{"n":1.5}]},\n  {"id":"C-2","open":true}\n]\n',
    );
    const again = await newTables();
    await seed(again, 'out');
    await dump(again, 'again');
    expect(dumped('again/dynamodb/parts.json')).toBe(dumped('out/dynamodb/parts.json'));
  });

  it.each<[string, () => void, RegExp]>([
    [
      'a file that does not belong to a table',
      () => write('d/dynamodb/other.json', []),
      /does not belong to a table.*cases\.json, parts\.json/,
    ],
    ['another kind of file', () => write('d/dynamodb/cases.csv', ''), /does not belong to a table/],
    ['a folder', () => write('d/dynamodb/cases.json/x.json', []), /does not belong to a table/],
    ['a table without a name', () => write('d/dynamodb/ledger.json', []), /does not belong to a table/],
    ['an output that is not a table', () => write('d/dynamodb/url.json', []), /does not belong to a table/],
    ['text that is not JSON', () => write('d/dynamodb/cases.json', '['), /is not a list of items/],
    [
      'a value that is not a list',
      () => write('d/dynamodb/cases.json', { id: 'C-1' }),
      /is not a list of items/,
    ],
    [
      'an item without its key',
      () => write('d/dynamodb/cases.json', [{ at: 1 }]),
      /item 1: .*'id' is missing/,
    ],
    [
      'a key that is not a string',
      () => write('d/dynamodb/cases.json', [{ id: ['C-1'] }]),
      /'id' is \["C-1"\]/,
    ],
    [
      'a key twice',
      () =>
        write('d/dynamodb/parts.json', [
          { id: 'a', at: 1 },
          { id: 'a', at: 1 },
        ]),
      /item 2: .*given twice; the first is .*item 1/,
    ],
    [
      'a number that JavaScript cannot represent exactly',
      () => write('d/dynamodb/cases.json', '[{"id":"a","n":9007199254740993}]'),
      /item 1 cannot be stored as an item/,
    ],
    [
      'a key of another type, which DynamoDB refuses',
      () => write('d/dynamodb/cases.json', [{ id: 7 }]),
      /item 1: DynamoDB refuses the item/,
    ],
    [
      'a link in place of a file',
      () => (
        write('real.json', []),
        write('d/dynamodb/x', ''),
        rmSync(join(root, 'd/dynamodb/x')),
        symlinkSync(join(root, 'real.json'), join(root, 'd/dynamodb/cases.json'))
      ),
      /is a symbolic link/,
    ],
    [
      'a link in place of the folder',
      () => (
        write('real/cases.json', []),
        write('d/s3/x', ''),
        symlinkSync(join(root, 'real'), join(root, 'd/dynamodb'))
      ),
      /dynamodb is a link or a file/,
    ],
  ])('are refused for %s, with a clear error, and nothing is put', async (_what, prepare, message) => {
    prepare();
    const dynamodb = await newTables();
    await expect(seed(dynamodb)).rejects.toMatchObject({
      name: 'SeedError',
      message: expect.stringMatching(message),
    });
    expect(await dynamodb.items('table-a')).toEqual([]);
  });
});

describe('a dump of items', () => {
  it('replaces an earlier one, writes through no link, and touches nothing else', async () => {
    const dynamodb = await newTables();
    write('d/dynamodb/kept.txt', 'kept');
    write('outside.json', 'outside');
    symlinkSync(join(root, 'outside.json'), join(root, 'd/dynamodb/cases.json'));
    await dump(dynamodb);
    await dump(dynamodb);
    expect(readdirSync(join(root, 'd/dynamodb'))).toEqual(['cases.json', 'kept.txt', 'parts.json']);
    expect([dumped('d/dynamodb/cases.json'), dumped('outside.json')]).toEqual(['[\n]\n', 'outside']);
  });

  it.each([
    ['a set', { SS: ['a'] }],
    ['bytes', { B: 'eA==' }],
    ['a set inside', { M: { deep: { L: [{ NS: ['1'] }] } } }],
    ['a number of too many digits', { N: '1.00000000000000000000000000000000001' }],
  ])('refuses %s, which plain JSON cannot represent', async (_what, odd) => {
    const dynamodb = await newTables();
    await dynamodb.putItem('table-a', { id: { S: 'C-1' }, odd });
    await expect(dump(dynamodb)).rejects.toThrow(/table cases: the attribute 'odd'/);
  });

  it('keeps attributes with the names of JavaScript’s own properties', async () => {
    const plain = { id: 'C-1', constructor: [], toString: { constructor: 'x' } };
    write('one/dynamodb/cases.json', [plain]);
    const dynamodb = await newTables();
    await seed(dynamodb, 'one');
    await dump(dynamodb, 'two');
    expect(JSON.parse(dumped('two/dynamodb/cases.json'))).toEqual([plain]);
  });

  it('is read back unchanged, for any JSON', async () => {
    const value = fc.jsonValue({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string({ minLength: 1 }), value, { maxKeys: 4 }), async (more) => {
        for (const dir of ['one', 'two']) rmSync(join(root, dir), { recursive: true, force: true });
        // DynamoDB does not support every JavaScript number: it has no -0 and a smaller range.
        const number = (_name: string, each: unknown) =>
          typeof each === 'number' ? Math.trunc(each % 1e9) + 0 : each;
        const plain = JSON.parse(JSON.stringify({ ...more, id: 'C-1' }), number);
        write('one/dynamodb/cases.json', [plain]);
        const dynamodb = await newTables();
        await seed(dynamodb, 'one');
        await dump(dynamodb, 'two');
        expect(JSON.parse(dumped('two/dynamodb/cases.json'))).toEqual([plain]);
      }),
      { numRuns: 30 },
    );
  });
});
