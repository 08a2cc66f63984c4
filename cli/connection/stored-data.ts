import type { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { bucketOf, plainOf, tableOf } from 'taskbound-local/seed/seed';
import type { DataNames } from './data-names.ts';

const everyName = ({ seed, dump }: DataNames): Readonly<Record<string, string>> => ({ ...seed, ...dump });

/** All objects of a bucket by key. Throws SeedError when the name is no bucket's. */
export async function objectsIn(
  name: string,
  names: DataNames,
  { s3 }: EmbeddedAws,
): Promise<Record<string, Buffer>> {
  const bucket = bucketOf(name, everyName(names), s3);
  return Object.fromEntries(s3.keys(bucket).map((key) => [key, Buffer.from(s3.get(bucket, key) ?? [])]));
}

/** All items of a table in plain JSON. Throws SeedError when the name is no table's, or for an item that plain JSON cannot represent. */
export async function itemsIn(
  name: string,
  names: DataNames,
  { dynamodb }: EmbeddedAws,
): Promise<Record<string, unknown>[]> {
  const items = await dynamodb.items(tableOf(name, everyName(names), dynamodb));
  return items.map((item) => plainOf(item, `The table ${name}`));
}
