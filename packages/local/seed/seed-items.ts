import { basename, join } from 'node:path';
import * as z from 'zod';
import { itemsIn, plainItems, putItem, SeenKeys } from './found-items.ts';
import { SeedError } from './seed-error.ts';
import { filesUnder, JSON_LIMIT, readJsonText } from './seed-files.ts';
import { firstNames, type ItemStore } from './seed-layout.ts';

const SUFFIX = '.json';

function readList(path: string): z.infer<typeof plainItems> {
  try {
    return plainItems.parse(JSON.parse(readJsonText(path)));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new SeedError(`${path} is not a list of items in plain JSON: ${why}`);
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
  const seen = new SeenKeys();
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
    return itemsIn({ list: readList(path), table, keys, place: path }, seen);
  });
  return async () => {
    for (const each of found) await putItem(dynamodb, each);
  };
}
