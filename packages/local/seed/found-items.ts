import * as z from 'zod';
import { AwsError } from '../gateway/service.ts';
import { itemOf, type Item } from './plain-items.ts';
import { SeedError } from './seed-error.ts';
import type { ItemStore } from './seed-layout.ts';

/** Items of one table, in plain JSON. */
export const plainItems = z.array(z.record(z.string(), z.json()));
type PlainItem = z.infer<typeof plainItems>[number];
type Keys = NonNullable<ReturnType<ItemStore['keysOf']>>;

export interface FoundItem {
  readonly table: string;
  /** The values of its key attributes, as text. */
  readonly key: string;
  readonly item: Item;
  /** Where it was found, for messages. */
  readonly where: string;
}

/**
 * The items of a list for a table. Throws SeedError for an item without a key or with a value that cannot be
 * stored.
 * @param place Where the list was found, for messages.
 */
export const itemsIn = (
  list: readonly PlainItem[],
  table: string,
  keys: Keys,
  place: string,
): readonly FoundItem[] =>
  list.map((plain, index) => {
    const where = `${place}, item ${index + 1}`;
    return { table, item: itemOf(plain, where), key: keyText(plain, keys, where), where };
  });

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

/** Throws SeedError when two items of a table have the same key. */
export function assertNewKeys(found: readonly FoundItem[]): void {
  const seen = new Map<string, string>();
  for (const { table, key, where } of found) {
    const id = JSON.stringify([table, key]);
    const first = seen.get(id);
    if (first !== undefined)
      throw new SeedError(
        `${where}: an item with the key ${key} is given twice; the first is ${first}. Remove one.`,
      );
    seen.set(id, where);
  }
}

export async function putItem(dynamodb: ItemStore, { table, item, where }: FoundItem): Promise<void> {
  try {
    await dynamodb.putItem(table, item);
  } catch (error) {
    if (error instanceof AwsError)
      throw new SeedError(`${where}: DynamoDB refuses the item: ${error.message}`);
    throw error;
  }
}
