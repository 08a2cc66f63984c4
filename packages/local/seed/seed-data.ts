import * as z from 'zod';
import { itemsIn, plainItems, putItem, SeenKeys } from './found-items.ts';
import { assertKey } from './object-key.ts';
import { SeedError } from './seed-error.ts';
import { firstNames, type ItemStore, type Stores } from './seed-layout.ts';
import type { SeededDatabases } from './seed-schemas.ts';

/** Data of a stack, given in code. */
export interface SeedData {
  /** A name of a bucket -> key -> content. */
  readonly objects?: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>;
  /** A name of a table -> items in plain JSON. */
  readonly items?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
  /** A database of a task type -> the SQL that creates its schema. */
  readonly schemas?: Readonly<Record<string, string>>;
}

const FIELDS = ['objects', 'items', 'schemas'] satisfies (keyof SeedData)[];

/** Buckets and tables by the names under which a seed may refer to them: see `seedStack`. */
type Names = Readonly<Record<string, string>>;

/** Loads the data. Checks everything before it puts anything, except what only DynamoDB can check. Throws SeedError. */
export async function seedData(
  data: SeedData,
  names: Names,
  { s3, dynamodb }: Stores,
  databases: SeededDatabases,
): Promise<void> {
  assertFields(data);
  const { objects = {}, items = {}, schemas } = data;
  const put = Object.entries(objects).flatMap(([name, contents]) => {
    const bucket = bucketOf(name, names, s3);
    return Object.entries(contents).map(([key, content]) => {
      assertKey(key, `the seed's object ${JSON.stringify(key)} of ${name}`);
      return () => s3.put(bucket, key, typeof content === 'string' ? Buffer.from(content) : content);
    });
  });
  const seen = new SeenKeys();
  const found = Object.entries(items).flatMap(([name, list]) =>
    itemsOf(name, list, { names, dynamodb, seen }),
  );
  if (schemas !== undefined) await databases.use(schemasOf(schemas, databases));
  for (const putObject of put) putObject();
  for (const each of found) await putItem(dynamodb, each);
}

/** A misspelled field would load nothing, and the test would look for the fault elsewhere. */
function assertFields(data: SeedData): void {
  const unknown = Object.keys(data).find((field) => !FIELDS.some((known) => known === field));
  if (unknown !== undefined)
    throw new SeedError(
      `The seed has a field ${JSON.stringify(unknown)}; allowed: ${FIELDS.join(', ')}. Correct or remove it.`,
    );
}

const schemasOf = (schemas: Readonly<Record<string, string>>, { names }: SeededDatabases) =>
  Object.fromEntries(
    Object.entries(schemas).map(([name, sql]) => {
      if (names.includes(name)) return [name, { where: `the seed's schema of ${name}`, sql }];
      throw new SeedError(
        `${JSON.stringify(name)} is not a database of a task type; allowed: ${names.join(', ') || 'none, for no task type has a database login'}. Correct the name.`,
      );
    }),
  );

/** The bucket with this name. Throws SeedError when there is none. */
export const bucketOf = (name: string, names: Names, s3: Stores['s3']): string =>
  named('bucket', name, names, (value) => s3.hasBucket(value));

/** The table with this name. Throws SeedError when there is none. */
export const tableOf = (name: string, names: Names, dynamodb: ItemStore): string =>
  named('table', name, names, (value) => dynamodb.keysOf(value) !== undefined);

function named(what: string, name: string, names: Names, suits: (value: string) => boolean): string {
  const suitable = Object.fromEntries(Object.entries(names).filter(([, value]) => suits(value)));
  const found = Object.hasOwn(suitable, name) ? suitable[name] : undefined;
  if (found !== undefined) return found;
  throw new SeedError(
    `${JSON.stringify(name)} is not a ${what} of the stack; allowed: ${firstNames(suitable).join(', ') || 'none, for the stack has none'}. Give its output, its logical id or its name.`,
  );
}

interface Into {
  readonly names: Names;
  readonly dynamodb: ItemStore;
  readonly seen: SeenKeys;
}

function itemsOf(name: string, list: unknown, { names, dynamodb, seen }: Into) {
  const table = tableOf(name, names, dynamodb);
  const keys = dynamodb.keysOf(table);
  const place = `the seed's items of ${name}`;
  const parsed = plainItems.safeParse(list);
  if (!parsed.success)
    throw new SeedError(`${place} are not a list of items in plain JSON: ${z.prettifyError(parsed.error)}`);
  return keys === undefined ? [] : itemsIn({ list: parsed.data, table, keys, place }, seen);
}
