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
import { firstNames, INDEX_FILE, indexRow, type IndexRow, type ObjectStore } from './seed-layout.ts';

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
  readonly bucket: string;
  readonly key: string;
  /** Where it was found, for messages. */
  readonly where: string;
  /** The file with its content. */
  readonly path: string;
}

/** Bucket names by the names under which a seed may refer to them. */
type Buckets = Readonly<Record<string, string>>;

/** The objects that files below a bucket's folder represent. All other files must be listed in the index. */
function spelledObjects(folder: string, buckets: Buckets, indexed: ReadonlySet<string>): Found[] {
  return filesUnder(folder, OBJECT_LIMIT).flatMap((file) => {
    const slash = file.indexOf('/');
    const bucket = bucketNamed(file.slice(0, Math.max(0, slash)), buckets);
    const where = join(folder, file);
    if (slash > 0 && bucket !== undefined)
      return [{ bucket, key: file.slice(slash + 1), where, path: where }];
    if (file === INDEX_FILE || indexed.has(file)) return [];
    throw new SeedError(
      `${where} does not belong to a bucket. Folders in ${folder} are named after buckets: ${firstNames(buckets).join(', ')}.`,
    );
  });
}

const bucketNamed = (name: string, buckets: Buckets): string | undefined =>
  Object.hasOwn(buckets, name) ? buckets[name] : undefined;

function indexedObjects(folder: string, buckets: Buckets, rows: readonly IndexRow[]): Found[] {
  return rows.map(({ bucket: name, key, file }, index) => {
    const where = `${join(folder, INDEX_FILE)}, row ${index + 1}`;
    const bucket = bucketNamed(name, buckets);
    if (bucket === undefined)
      throw new SeedError(`${where}: bucket is '${name}'; buckets are ${firstNames(buckets).join(', ')}.`);
    return { bucket, key, where, path: pathInside(folder, file, where) };
  });
}

/**
 * Reads the objects of `folder`, DIR/s3: the files `<name of the bucket>/<key>`, and the rows of `index.json` for
 * keys that cannot be paths. Checks everything, and returns a function that puts the objects. Reads nothing
 * outside the folder. Both throw SeedError.
 * @param names Bucket names by the names under which a seed may refer to them. Names of other things are ignored.
 */
export function readObjects(
  folder: string,
  names: Readonly<Record<string, string>>,
  s3: ObjectStore,
): () => void {
  const buckets = Object.fromEntries(Object.entries(names).filter(([, bucket]) => s3.hasBucket(bucket)));
  const rows = readIndex(folder);
  const indexed = indexedObjects(folder, buckets, rows);
  const found = [...spelledObjects(folder, buckets, new Set(rows.map((row) => row.file))), ...indexed];
  assertNoDuplicates(found);
  for (const { key, where } of found) assertKey(key, where);
  return () => {
    for (const { bucket, key, path } of found) s3.put(bucket, key, readPlain(path));
  };
}

function assertNoDuplicates(found: readonly Found[]): void {
  const seen = new Map<string, string>();
  for (const { bucket, key, where } of found) {
    const id = JSON.stringify([bucket, key]);
    const first = seen.get(id);
    if (first !== undefined)
      throw new SeedError(
        `${where}: the object '${key}' of '${bucket}' is given twice; the first is ${first}. Remove one.`,
      );
    seen.set(id, where);
  }
}
