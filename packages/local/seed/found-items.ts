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
  readonly item: Item;
  /** Where it was found, for messages. */
  readonly where: string;
}

/** The keys of a table's items that were found so far, and where. A table can have several names, and so several lists. */
type Seen = Map<string, string>;

/** The keys that were found in each table. */
export class SeenKeys {
  readonly #tables = new Map<string, Seen>();

  of(table: string): Seen {
    const seen = this.#tables.get(table) ?? new Map<string, string>();
    this.#tables.set(table, seen);
    return seen;
  }
}

/** A list of items of one table. */
export interface ItemList {
  readonly list: readonly PlainItem[];
  readonly table: string;
  readonly keys: Keys;
  /** Where the list was found, for messages. */
  readonly place: string;
}

/** The items of a list, checked except for what only DynamoDB can check. Throws SeedError. */
export function itemsIn({ list, table, keys, place }: ItemList, seenKeys: SeenKeys): FoundItem[] {
  const seen = seenKeys.of(table);
  return list.map((plain, index) => {
    const where = `${place}, item ${index + 1}`;
    const item = itemOf(plain, where);
    assertNewKey(keyText(plain, keys, where), where, seen);
    return { table, item, where };
  });
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

function assertNewKey(key: string, where: string, seen: Seen): void {
  const first = seen.get(key);
  if (first !== undefined)
    throw new SeedError(
      `${where}: an item with the key ${key} is given twice; the first is ${first}. Remove one.`,
    );
  seen.set(key, where);
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
