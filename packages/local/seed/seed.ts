import { join } from 'node:path';
import { dumpItems } from './dump-items.ts';
import { dumpObjects } from './dump-objects.ts';
import { SeedError } from './seed-error.ts';
import { rootFolder, statOf } from './seed-files.ts';
import { readItems } from './seed-items.ts';
import { OBJECTS_FOLDER, TABLES_FOLDER, type ItemStore, type ObjectStore } from './seed-layout.ts';
import { readObjects } from './seed-objects.ts';

export { SeedError } from './seed-error.ts';

/** What holds a stack's data. */
export interface Stores {
  readonly s3: ObjectStore;
  readonly dynamodb: ItemStore;
}

/** Taskbound's own records are no data of anybody's: a forged row or event is not for a seed to make. */
const RECORDS = new Set(['LedgerTable', 'EvidenceTable']);

const ofData = (outputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(outputs).filter(([name]) => !RECORDS.has(name)));

/** Undefined when there is none. A link would lead outside. */
function partOf(root: string, name: string): string | undefined {
  const path = join(root, name);
  const stat = statOf(path);
  if (stat === undefined || stat.isDirectory()) return stat && path;
  throw new SeedError(`${path} is not a folder of its own (a link or a file). Put the data itself there.`);
}

/**
 * Loads what lies below DIR: objects from DIR/s3, items from DIR/dynamodb, at least one of them. Everything is checked before the first is
 * put, and nothing outside DIR is read. Throws SeedError.
 * @param outputs Names of buckets and tables by output name; other outputs are left out.
 */
export async function seedStack(
  dir: string,
  outputs: Readonly<Record<string, string>>,
  { s3, dynamodb }: Stores,
): Promise<void> {
  const root = rootFolder(dir, '--seed');
  const [objects, tables] = [partOf(root, OBJECTS_FOLDER), partOf(root, TABLES_FOLDER)];
  if (objects === undefined && tables === undefined)
    throw new SeedError(
      `--seed ${dir} has no folder '${OBJECTS_FOLDER}' or '${TABLES_FOLDER}'. Objects lie in ${dir}/${OBJECTS_FOLDER}/<output name>/<key>, items in ${dir}/${TABLES_FOLDER}/<output name>.json.`,
    );
  const putObjects = objects === undefined ? () => undefined : readObjects(objects, outputs, s3);
  const putItems =
    tables === undefined ? async () => undefined : readItems(tables, ofData(outputs), dynamodb);
  putObjects();
  await putItems();
}

/** Writes all objects below DIR/s3 and all items below DIR/dynamodb, which `seedStack` reads back. An earlier dump there is replaced. */
export async function dumpStack(
  dir: string,
  outputs: Readonly<Record<string, string>>,
  { s3, dynamodb }: Stores,
): Promise<void> {
  dumpObjects(dir, outputs, s3);
  await dumpItems(dir, ofData(outputs), dynamodb);
}
