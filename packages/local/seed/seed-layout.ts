import * as z from 'zod';

/** The folder of items in DIR: one file for each table, `<name>.json`, a list of items in plain JSON. */
export const TABLES_FOLDER = 'dynamodb';
/** The folder of objects in DIR. */
export const OBJECTS_FOLDER = 's3';
/** The folder of scripts in DIR: one file for each database, `<name>.sql`, which creates its schema. */
export const SCHEMAS_FOLDER = 'postgres';
export const INDEX_FILE = 'index.json';
/** The folder of the contents of indexed objects, next to the buckets' folders. */
export const BLOBS_FOLDER = '.objects';

/** The name of each bucket or table that messages list: the first one. A store may have several names. */
export function firstNames(names: Readonly<Record<string, string>>): string[] {
  const seen = new Map<string, string>();
  for (const [name, store] of Object.entries(names)) if (!seen.has(store)) seen.set(store, name);
  return [...seen.values()];
}

/** One object whose key cannot be a path. */
export const indexRow = z.strictObject({
  /** A name of the bucket. */
  bucket: z.string(),
  key: z.string().min(1),
  /** Relative to DIR/s3. */
  file: z.string().min(1),
});
export type IndexRow = z.infer<typeof indexRow>;

/** The part of S3 that seeding and dumping use. Keys are exact. */
export interface ObjectStore {
  hasBucket(bucket: string): boolean;
  keys(bucket: string): readonly string[];
  get(bucket: string, key: string): Uint8Array | undefined;
  put(bucket: string, key: string, content: Uint8Array): void;
}

/** The part of DynamoDB that seeding and dumping use. Items have the API's format: attribute -> `{ "S": … }`. */
export interface ItemStore {
  /** Undefined when there is no such table. */
  keysOf(table: string): { readonly hash: string; readonly range?: string } | undefined;
  items(table: string): Promise<Readonly<Record<string, unknown>>[]>;
  putItem(table: string, item: Readonly<Record<string, unknown>>): Promise<void>;
}

/** The services that store a stack's data. */
export interface Stores {
  readonly s3: ObjectStore;
  readonly dynamodb: ItemStore;
}

/** The longest file name of common file systems, in bytes. */
const NAME_BYTES = 255;

/** Whether a file can have this name, so that a path with it is not resolved to another path. */
export const isPlainSegment = (segment: string): boolean =>
  segment !== '' &&
  segment !== '.' &&
  segment !== '..' &&
  !segment.includes('\0') &&
  Buffer.byteLength(segment) <= NAME_BYTES;

const foldersOf = (key: string): string[] => {
  const segments = key.split('/');
  return segments.slice(1).map((_, index) => segments.slice(0, index + 1).join('/'));
};

/**
 * The keys that can all be file paths, byte for byte. `plain` cannot be a file if `plain/x` makes it a
 * folder.
 */
export function spellableKeys(keys: readonly string[]): ReadonlySet<string> {
  const plain = keys.filter((key) => key.split('/').every(isPlainSegment));
  const folders = new Set(plain.flatMap(foldersOf));
  return new Set(plain.filter((key) => !folders.has(key)));
}
