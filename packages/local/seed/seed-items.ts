import { basename, join } from 'node:path';
import * as z from 'zod';
import { AwsError } from '../gateway/service.ts';
import { itemOf, type Item } from './plain-items.ts';
import { SeedError } from './seed-error.ts';
import { filesUnder, JSON_LIMIT, readJsonText } from './seed-files.ts';
import { firstNames, type ItemStore } from './seed-layout.ts';

const list = z.array(z.record(z.string(), z.json()));
type PlainItem = z.infer<typeof list>[number];
type Keys = NonNullable<ReturnType<ItemStore['keysOf']>>;

const SUFFIX = '.json';

interface Found {
  readonly table: string;
  readonly plain: PlainItem;
  readonly item: Item;
  /** Where it was found, for messages. */
  readonly where: string;
}

function readList(path: string): readonly PlainItem[] {
  try {
    return list.parse(JSON.parse(readJsonText(path)));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new SeedError(`${path} is not a list of items in plain JSON: ${why}`);
  }
}

/** The item's key as text. Throws SeedError for an item without a key. */
function keyText(item: PlainItem, { hash, range }: Keys, where: string): string {
  const names = range === undefined ? [hash] : [hash, range];
  const values = names.map((name) => {
    const value = Object.hasOwn(item, name) ? item[name] : undefined;
    if ((typeof value === 'string' && value !== '') || typeof value === 'number') return value;
    throw new SeedError(
      `${where}: the key attribute '${name}' is ${JSON.stringify(value) ?? 'missing'}; it must be a string or a number.`,
    );
  });
  return JSON.stringify(values);
}

function assertKeys(found: readonly Found[], keys: Keys): void {
  const seen = new Map<string, string>();
  for (const { plain, where } of found) {
    const key = keyText(plain, keys, where);
    const first = seen.get(key);
    if (first !== undefined)
      throw new SeedError(
        `${where}: an item with the key ${key} is given twice; the first is ${first}. Remove one.`,
      );
    seen.set(key, where);
  }
}

async function put(dynamodb: ItemStore, { table, item, where }: Found): Promise<void> {
  try {
    await dynamodb.putItem(table, item);
  } catch (error) {
    if (error instanceof AwsError)
      throw new SeedError(`${where}: DynamoDB refuses the item: ${error.message}`);
    throw error;
  }
}

/**
 * Reads the items of `folder`, DIR/dynamodb: for each table a file with one of its names, with a list of
 * items. Checks everything except what only DynamoDB can check, and returns a function that puts the items.
 * Reads nothing outside the folder. Both throw SeedError.
 * @param names Table names by the names under which a seed may refer to them. Names of other things are ignored.
 */
export function readItems(
  folder: string,
  names: Readonly<Record<string, string>>,
  dynamodb: ItemStore,
): () => Promise<void> {
  const tables = new Map(Object.entries(names).filter(([, table]) => dynamodb.keysOf(table) !== undefined));
  const found = filesUnder(folder, JSON_LIMIT).flatMap((file) => {
    const path = join(folder, file);
    const table = file.endsWith(SUFFIX) ? (tables.get(basename(file, SUFFIX)) ?? '') : '';
    const keys = file.includes('/') ? undefined : dynamodb.keysOf(table);
    if (keys === undefined)
      throw new SeedError(
        `${path} does not belong to a table. Files in ${folder} are named after tables: ${firstNames(
          Object.fromEntries(tables),
        )
          .map((name) => name + SUFFIX)
          .join(', ')}.`,
      );
    const items = readList(path).map((plain, index) => {
      const where = `${path}, item ${index + 1}`;
      return { table, plain, item: itemOf(plain, where), where };
    });
    return items;
  });
  for (const table of new Set(tables.values())) {
    const keys = dynamodb.keysOf(table);
    if (keys !== undefined)
      assertKeys(
        found.filter((each) => each.table === table),
        keys,
      );
  }
  return async () => {
    for (const each of found) await put(dynamodb, each);
  };
}
