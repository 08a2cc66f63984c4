import { mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SeedError } from './seed-error.ts';
import { ownFolder, writeNew } from './seed-files.ts';
import {
  BLOBS_FOLDER,
  INDEX_FILE,
  isPlainSegment,
  OBJECTS_FOLDER,
  spellableKeys,
  type IndexRow,
  type ObjectStore,
} from './seed-layout.ts';

/** Errors of a file system that cannot store a path, for example because it ignores case or limits names. */
const UNUSABLE_PATH = new Set(['EEXIST', 'EISDIR', 'ENOTDIR', 'ENAMETOOLONG', 'EINVAL', 'EILSEQ']);

const codeOf = (error: unknown): unknown =>
  error instanceof Error && 'code' in error ? error.code : undefined;

/** Removes an earlier dump: the folders of buckets, the index and its contents. Changes nothing else. */
function prepare(dir: string, names: readonly string[]): string {
  const folder = ownFolder(dir, OBJECTS_FOLDER);
  for (const name of [...names, BLOBS_FOLDER, INDEX_FILE])
    rmSync(join(folder, name), { recursive: true, force: true });
  for (const name of names) mkdirSync(join(folder, name));
  return folder;
}

/**
 * Writes the object as the file that its key names. Returns false when the file system cannot store that
 * path.
 */
function writeSpelled(path: string, content: Uint8Array): boolean {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeNew(path, content);
    return true;
  } catch (error) {
    if (UNUSABLE_PATH.has(String(codeOf(error)))) return false;
    throw error;
  }
}

class Dump {
  readonly rows: IndexRow[] = [];
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  bucket(name: string, bucket: string, s3: ObjectStore): void {
    const keys = s3.keys(bucket);
    const spellable = spellableKeys(keys);
    for (const key of keys) {
      const content = s3.get(bucket, key) ?? new Uint8Array();
      const isSpelled = spellable.has(key) && writeSpelled(join(this.#folder, name, key), content);
      if (!isSpelled) this.#index(name, key, content);
    }
  }

  #index(bucket: string, key: string, content: Uint8Array): void {
    const file = `${BLOBS_FOLDER}/${String(this.rows.length + 1).padStart(6, '0')}`;
    mkdirSync(join(this.#folder, BLOBS_FOLDER), { recursive: true });
    writeNew(join(this.#folder, file), content);
    this.rows.push({ bucket, key, file });
  }
}

/**
 * Writes every object of the buckets to DIR/s3, in the form that `readObjects` reads. Replaces an earlier
 * dump.
 * @param names Buckets, each by one name. Names of other things are ignored.
 */
export function dumpObjects(dir: string, names: Readonly<Record<string, string>>, s3: ObjectStore): void {
  const buckets = Object.entries(names).filter(([, bucket]) => s3.hasBucket(bucket));
  const unusable = buckets.find(
    ([name]) => !isPlainSegment(name) || name.includes('/') || name === INDEX_FILE || name === BLOBS_FOLDER,
  );
  if (unusable !== undefined)
    throw new SeedError(`--dump ${dir}: the name '${unusable[0]}' cannot be used as a folder name.`);
  const folder = prepare(
    dir,
    buckets.map(([name]) => name),
  );
  const dump = new Dump(folder);
  for (const [name, bucket] of buckets) dump.bucket(name, bucket, s3);
  writeNew(join(folder, INDEX_FILE), Buffer.from(`${JSON.stringify(dump.rows, null, 2)}\n`));
}
