import * as z from 'zod';
import { itemsIn, plainItems, putItem } from './found-items.ts';
import { assertKey } from './object-key.ts';
import { withoutOwnTables } from './own-tables.ts';
import { SeedError } from './seed-error.ts';
import type { ItemStore, Stores } from './seed-layout.ts';

/** Data of a stack, given in code. */
export interface SeedData {
  /** The name of a bucket output -> key -> content. */
  readonly objects?: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>>;
  /** The name of a table output -> items in plain JSON. */
  readonly items?: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>;
}

type Outputs = Readonly<Record<string, string>>;

/**
 * Loads the data. Checks everything before it puts anything, except what only DynamoDB can check. Throws
 * SeedError.
 * @param outputs Names of buckets and tables by output name. Other outputs are ignored.
 */
export async function seedData(
  { objects = {}, items = {} }: SeedData,
  outputs: Outputs,
  { s3, dynamodb }: Stores,
): Promise<void> {
  const put = Object.entries(objects).flatMap(([output, contents]) => {
    const bucket = bucketOf(output, outputs, s3);
    return Object.entries(contents).map(([key, content]) => {
      assertKey(key, `the seed's object ${JSON.stringify(key)} of ${output}`);
      return () => s3.put(bucket, key, typeof content === 'string' ? Buffer.from(content) : content);
    });
  });
  const found = Object.entries(items).flatMap(([output, list]) => itemsOf(output, list, outputs, dynamodb));
  for (const putObject of put) putObject();
  for (const each of found) await putItem(dynamodb, each);
}

/** The name of the bucket in an output. Throws SeedError when the output is no bucket's. */
export function bucketOf(output: string, outputs: Outputs, s3: Stores['s3']): string {
  const bucket = Object.hasOwn(outputs, output) ? (outputs[output] ?? '') : '';
  if (s3.hasBucket(bucket)) return bucket;
  throw unknownOutput(
    'a bucket',
    output,
    namesOf(outputs, (value) => s3.hasBucket(value)),
  );
}

/** The name of the table in an output. Throws SeedError when the output is no table's, or one of Taskbound's own. */
export function tableOf(output: string, outputs: Outputs, dynamodb: ItemStore): string {
  const others = withoutOwnTables(outputs);
  const table = Object.hasOwn(others, output) ? (others[output] ?? '') : '';
  const isTable = (value: string) => dynamodb.keysOf(value) !== undefined;
  if (isTable(table)) return table;
  throw unknownOutput('a table', output, namesOf(others, isTable));
}

const namesOf = (outputs: Outputs, suits: (value: string) => boolean): string[] =>
  Object.keys(outputs).filter((name) => suits(outputs[name] ?? ''));

const unknownOutput = (what: string, output: string, names: readonly string[]): SeedError =>
  new SeedError(
    `${JSON.stringify(output)} is not the output of ${what}; allowed: ${names.join(', ') || 'none, for the stack has no such output'}. Give the name of a CfnOutput whose value is the name of ${what}.`,
  );

function itemsOf(output: string, list: unknown, outputs: Outputs, dynamodb: ItemStore) {
  const table = tableOf(output, outputs, dynamodb);
  const keys = dynamodb.keysOf(table);
  const parsed = plainItems.safeParse(list);
  if (!parsed.success)
    throw new SeedError(
      `The seed's items of ${output} are not a list of items in plain JSON: ${z.prettifyError(parsed.error)}`,
    );
  return keys === undefined ? [] : itemsIn(parsed.data, table, keys, `the seed's items of ${output}`);
}
