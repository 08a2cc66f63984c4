import * as z from 'zod';
import { assertNewKeys, itemsIn, plainItems, putItem, type FoundItem } from './found-items.ts';
import { assertKey } from './object-key.ts';
import { SeedError } from './seed-error.ts';
import { firstNames, type ItemStore, type Stores } from './seed-layout.ts';

/** Data of a stack, given in code. Buckets and tables have the names that they have in a seed folder. */
export interface SeedData {
  /** Bucket -> key -> content. */
  readonly objects?: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>;
  /** Table -> items in plain JSON. */
  readonly items?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

/** Buckets and tables by the names under which a seed may refer to them. */
type Names = Readonly<Record<string, string>>;

/**
 * Loads the data. Checks everything before it puts anything, except what only DynamoDB can check. Throws
 * SeedError.
 * @param names Buckets and tables by name. Names of other things are ignored.
 */
export async function seedData(
  { objects = {}, items = {} }: SeedData,
  names: Names,
  { s3, dynamodb }: Stores,
): Promise<void> {
  const puts = Object.entries(objects).flatMap(([name, contents]) => {
    const bucket = bucketOf(name, names, s3);
    return Object.entries(contents).map(([key, content]) => {
      assertKey(key, `the seed's object ${JSON.stringify(key)} of ${name}`);
      return () => s3.put(bucket, key, typeof content === 'string' ? Buffer.from(content) : content);
    });
  });
  const found = Object.entries(items).flatMap(([name, list]) => itemsOf(name, list, names, dynamodb));
  assertNewKeys(found);
  for (const put of puts) put();
  for (const each of found) await putItem(dynamodb, each);
}

/** The bucket of a name. Throws SeedError when the name is no bucket's. */
export const bucketOf = (name: string, names: Names, s3: Stores['s3']): string =>
  named('bucket', name, names, (store) => s3.hasBucket(store));

/** The table of a name. Throws SeedError when the name is no table's. */
export const tableOf = (name: string, names: Names, dynamodb: ItemStore): string =>
  named('table', name, names, (store) => dynamodb.keysOf(store) !== undefined);

function named(what: string, name: string, names: Names, suits: (store: string) => boolean): string {
  const stores = Object.fromEntries(Object.entries(names).filter(([, store]) => suits(store)));
  const store = Object.hasOwn(stores, name) ? stores[name] : undefined;
  if (store !== undefined) return store;
  throw new SeedError(
    `${JSON.stringify(name)} is no ${what} of the stack; allowed: ${firstNames(stores).join(', ') || `none, for the stack has no ${what}`}. Give the name of an output that contains its name, or its logical id.`,
  );
}

function itemsOf(name: string, list: unknown, names: Names, dynamodb: ItemStore): readonly FoundItem[] {
  const table = tableOf(name, names, dynamodb);
  const keys = dynamodb.keysOf(table);
  const parsed = plainItems.safeParse(list);
  if (!parsed.success)
    throw new SeedError(
      `The seed's items of ${name} are not a list of items in plain JSON: ${z.prettifyError(parsed.error)}`,
    );
  return keys === undefined ? [] : itemsIn(parsed.data, table, keys, `the seed's items of ${name}`);
}
