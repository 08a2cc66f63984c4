import * as z from 'zod';

/** Items lie under this folder of DIR: one file a table, `<output name>.json`, a list of items in plain JSON. */
export const TABLES_FOLDER = 'dynamodb';
/** Objects lie under this folder of DIR. */
export const OBJECTS_FOLDER = 's3';
export const INDEX_FILE = 'index.json';
/** Where a dump keeps the contents of indexed objects, beside the outputs' folders. */
export const BLOBS_FOLDER = '.objects';

/** One object that no path can spell. */
export const indexRow = z.strictObject({
  /** Output name. */
  bucket: z.string(),
  key: z.string().min(1),
  /** Relative to DIR/s3. */
  file: z.string().min(1),
});
export type IndexRow = z.infer<typeof indexRow>;

/** What seeding and dumping need of S3. Keys are exact. */
export interface ObjectStore {
  hasBucket(bucket: string): boolean;
  keys(bucket: string): readonly string[];
  get(bucket: string, key: string): Uint8Array | undefined;
  put(bucket: string, key: string, content: Uint8Array): void;
}

/** What seeding and dumping need of DynamoDB. Items are as its API has them: attribute -> `{ "S": … }`. */
export interface ItemStore {
  /** Undefined when there is no such table. */
  keysOf(table: string): { readonly hash: string; readonly range?: string } | undefined;
  items(table: string): Promise<Readonly<Record<string, unknown>>[]>;
  putItem(table: string, item: Readonly<Record<string, unknown>>): Promise<void>;
}

/** Longest file name, in bytes, that common file systems take. */
const NAME_BYTES = 255;

/** Whether a file can be named so, and a path through it means what it says. */
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

/** The keys that paths can spell byte for byte, all at once: `plain` cannot be a file where `plain/x` makes it a folder. */
export function spellableKeys(keys: readonly string[]): ReadonlySet<string> {
  const plain = keys.filter((key) => key.split('/').every(isPlainSegment));
  const folders = new Set(plain.flatMap(foldersOf));
  return new Set(plain.filter((key) => !folders.has(key)));
}
