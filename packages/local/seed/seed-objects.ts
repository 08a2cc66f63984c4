import { join } from 'node:path';
import * as z from 'zod';
import { assertKey } from './object-key.ts';
import { SeedError } from './seed-error.ts';
import {
  assertSize,
  filesUnder,
  JSON_LIMIT,
  OBJECT_LIMIT,
  pathInside,
  readJsonText,
  readPlain,
  statOf,
} from './seed-files.ts';
import { INDEX_FILE, indexRow, type IndexRow, type ObjectStore } from './seed-layout.ts';

function readIndex(folder: string): readonly IndexRow[] {
  const path = join(folder, INDEX_FILE);
  const stat = statOf(path);
  if (stat === undefined) return [];
  pathInside(folder, INDEX_FILE, path);
  assertSize(path, stat, JSON_LIMIT);
  try {
    return z.array(indexRow).parse(JSON.parse(readJsonText(path)));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new SeedError(`${path} is not a list of { "bucket", "key", "file" }: ${why}`);
  }
}

interface Found {
  readonly output: string;
  readonly key: string;
  /** Where it was found, for messages. */
  readonly where: string;
  /** The file with its content. */
  readonly path: string;
}

/** The objects that files below an output's folder represent. All other files must be listed in the index. */
function spelledObjects(folder: string, outputs: readonly string[], indexed: ReadonlySet<string>): Found[] {
  return filesUnder(folder, OBJECT_LIMIT).flatMap((file) => {
    const slash = file.indexOf('/');
    const output = file.slice(0, Math.max(0, slash));
    const where = join(folder, file);
    if (slash > 0 && outputs.includes(output))
      return [{ output, key: file.slice(slash + 1), where, path: where }];
    if (file === INDEX_FILE || indexed.has(file)) return [];
    throw new SeedError(
      `${where} does not belong to a bucket. Folders in ${folder} are named after bucket outputs: ${outputs.join(', ')}.`,
    );
  });
}

function indexedObjects(folder: string, outputs: readonly string[], rows: readonly IndexRow[]): Found[] {
  return rows.map(({ bucket, key, file }, index) => {
    const where = `${join(folder, INDEX_FILE)}, row ${index + 1}`;
    if (!outputs.includes(bucket))
      throw new SeedError(`${where}: bucket is '${bucket}'; bucket outputs are ${outputs.join(', ')}.`);
    return { output: bucket, key, where, path: pathInside(folder, file, where) };
  });
}

/**
 * Reads the objects of `folder`, DIR/s3: the files `<output name>/<key>`, and the rows of `index.json` for
 * keys that cannot be paths. Checks everything, and returns a function that puts the objects. Reads nothing
 * outside the folder. Both throw SeedError.
 * @param outputs Bucket names by output name. Other outputs are ignored.
 */
export function readObjects(
  folder: string,
  outputs: Readonly<Record<string, string>>,
  s3: ObjectStore,
): () => void {
  const buckets = new Map(Object.entries(outputs).filter(([, bucket]) => s3.hasBucket(bucket)));
  const names = [...buckets.keys()];
  const rows = readIndex(folder);
  const indexed = indexedObjects(folder, names, rows);
  const found = [...spelledObjects(folder, names, new Set(rows.map((row) => row.file))), ...indexed];
  assertNoDuplicates(found);
  for (const { key, where } of found) assertKey(key, where);
  return () => {
    for (const { output, key, path } of found) s3.put(buckets.get(output) ?? '', key, readPlain(path));
  };
}

function assertNoDuplicates(found: readonly Found[]): void {
  const seen = new Map<string, string>();
  for (const { output, key, where } of found) {
    const id = JSON.stringify([output, key]);
    const first = seen.get(id);
    if (first !== undefined)
      throw new SeedError(
        `${where}: the object '${key}' of '${output}' is given twice; the first is ${first}. Remove one.`,
      );
    seen.set(id, where);
  }
}
