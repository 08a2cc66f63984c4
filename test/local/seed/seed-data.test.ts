import { beforeEach, describe, expect, it } from 'vitest';
import { seedData, type SeedData } from 'taskbound-local/seed/seed';
import { DynamoDb } from '../../../packages/local/dynamodb/dynamodb-service.ts';
import { S3Service } from '../../../packages/local/s3/service.ts';

const names = { source: 'bucket-a', cases: 'table-a', url: 'http://127.0.0.1/' };
let s3: S3Service;
let dynamodb: DynamoDb;

beforeEach(async () => {
  s3 = new S3Service({ clock: { nowMs: () => 0 } });
  s3.createBucket('bucket-a');
  dynamodb = new DynamoDb();
  for (const name of ['table-a', 'ledger'])
    await dynamodb.createTable({
      ...{ name, arn: `arn:${name}`, hash: 'id', indexes: {} },
      definition: {
        TableName: name,
        ...{
          KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
          AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
          BillingMode: 'PAY_PER_REQUEST',
        },
      },
    });
});

let used: unknown;
const databases = { names: ['shop'], use: async (schemas: unknown) => void (used = schemas) };

const seed = (data: SeedData) => seedData(data, names, { s3, dynamodb }, databases);

describe('data given in code', () => {
  it('is loaded into the buckets and tables with these names', async () => {
    await seed({
      objects: { source: { 'a/b.csv': 'text', 'c d': new Uint8Array([0, 255]) } },
      items: { cases: [{ id: 'C-1', nested: { constructor: [1, null, true] } }] },
    });
    expect(s3.keys('bucket-a')).toEqual(['a/b.csv', 'c d']);
    expect(s3.get('bucket-a', 'a/b.csv')?.toString()).toBe('text');
    expect([...(s3.get('bucket-a', 'c d') ?? [])]).toEqual([0, 255]);
    expect(await dynamodb.items('table-a')).toMatchObject([{ id: { S: 'C-1' } }]);
  });

  it('gives schemas to the databases of task types', async () => {
    await seed({ schemas: { shop: 'CREATE TABLE t ()' } });
    expect(used).toEqual({ shop: { where: "the seed's schema of shop", sql: 'CREATE TABLE t ()' } });
  });

  it('is nothing when nothing is given', async () => {
    await seed({});
    await seed({ objects: { source: {} }, items: { cases: [] } });
    expect([s3.keys('bucket-a'), await dynamodb.items('table-a')]).toEqual([[], []]);
  });

  it.each<[string, SeedData, RegExp]>([
    [
      'an unknown bucket',
      { objects: { elsewhere: {} } },
      /"elsewhere" is not a bucket of the stack; allowed: source\./,
    ],
    ['an output that is no bucket', { objects: { url: {} } }, /"url" is not a bucket of the stack/],
    ['an inherited name', { objects: { constructor: {} } }, /"constructor" is not a bucket of the stack/],
    ['an unknown table', { items: { source: [] } }, /"source" is not a table of the stack; allowed: cases\./],
    [
      'a table of Taskbound',
      { items: { LedgerTable: [] } },
      /"LedgerTable" is not a table of the stack; allowed: cases\./,
    ],
    [
      'a schema of no database',
      { schemas: { other: '' } },
      /"other" is not a database of a task type; allowed: shop\./,
    ],
    [
      'a field that is not known',
      { tables: {} } as SeedData,
      /The seed has a field "tables"; allowed: objects, items, schemas\./,
    ],
    ['an empty key', { objects: { source: { '': 'x' } } }, /the key is empty/],
    ['half a surrogate pair', { objects: { source: { '\ud800': 'x' } } }, /half a surrogate pair/],
    [
      'a key that is too long',
      { objects: { source: { ['x'.repeat(1025)]: 'x' } } },
      /S3 refuses the key .*too long/,
    ],
    [
      'an item without its key',
      { items: { cases: [{ id: 'a' }, {}] } },
      /items of cases, item 2: the key attribute 'id' is missing/,
    ],
    [
      'the same key twice',
      { items: { cases: [{ id: 'a' }, { id: 'a' }] } },
      /item 2: an item with the key \["a"\] is given twice/,
    ],
    [
      'a value that is not JSON',
      { items: { cases: [{ id: 'a', at: new Date() }] } },
      /items of cases are not a list of items in plain JSON/,
    ],
    [
      'a number that DynamoDB cannot store',
      { items: { cases: [{ id: 'a', at: 2 ** 60 }] } },
      /item 1 cannot be stored as an item/,
    ],
  ])('is refused as a whole: %s', async (_what, data, message) => {
    const rest = {
      ...data,
      objects: { source: { ok: 'x' }, ...data.objects },
      items: { cases: [{ id: 'ok' }], ...data.items },
    };
    await expect(seed(rest)).rejects.toMatchObject({
      name: 'SeedError',
      message: expect.stringMatching(message),
    });
    expect([s3.keys('bucket-a'), await dynamodb.items('table-a')]).toEqual([[], []]);
  });
});
