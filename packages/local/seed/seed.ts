import { join } from 'node:path';
import { dumpItems } from './dump-items.ts';
import { dumpObjects } from './dump-objects.ts';
import { SeedError } from './seed-error.ts';
import { rootFolder, statOf } from './seed-files.ts';
import { readItems } from './seed-items.ts';
import {
  OBJECTS_FOLDER,
  SCHEMAS_FOLDER,
  TABLES_FOLDER,
  type ItemStore,
  type ObjectStore,
} from './seed-layout.ts';
import { readObjects } from './seed-objects.ts';
import { readSchemas, type SeedSchema } from './seed-schemas.ts';

export { SeedError } from './seed-error.ts';

/** The services that store a stack's data. */
export interface Stores {
  readonly s3: ObjectStore;
  readonly dynamodb: ItemStore;
}

/** The databases of a stack. */
export interface SeededDatabases {
  readonly names: readonly string[];
  /** Takes the scripts by the database's name, before anything is put. May throw SeedError. */
  use(schemas: Readonly<Record<string, SeedSchema>>): Promise<void>;
}

const NO_DATABASES: SeededDatabases = { names: [], use: async () => undefined };

/** Taskbound's own tables. They are not seeded, because a seed must not forge a row or an event. */
const OWN_TABLES = new Set(['LedgerTable', 'EvidenceTable']);

const withoutOwnTables = (outputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(outputs).filter(([name]) => !OWN_TABLES.has(name)));

/** The path of a subfolder; undefined when it does not exist. Refuses a link, which could lead outside. */
function subfolder(root: string, name: string): string | undefined {
  const path = join(root, name);
  const stat = statOf(path);
  if (stat === undefined || stat.isDirectory()) return stat && path;
  throw new SeedError(`${path} is a link or a file. Replace it with a folder that contains the data.`);
}

/**
 * Loads the data below DIR: objects from DIR/s3, items from DIR/dynamodb and schemas from DIR/postgres, at least
 * one of them. Checks everything before it puts anything, and reads nothing outside DIR. Throws SeedError.
 * @param outputs Names of buckets and tables by output name. Other outputs are ignored.
 */
export async function seedStack(
  dir: string,
  outputs: Readonly<Record<string, string>>,
  { s3, dynamodb }: Stores,
  databases: SeededDatabases = NO_DATABASES,
): Promise<void> {
  const root = rootFolder(dir, '--seed');
  const [objects, tables] = [subfolder(root, OBJECTS_FOLDER), subfolder(root, TABLES_FOLDER)];
  const schemas = subfolder(root, SCHEMAS_FOLDER);
  if (objects === undefined && tables === undefined && schemas === undefined)
    throw new SeedError(
      `--seed ${dir} has no folder '${OBJECTS_FOLDER}', '${TABLES_FOLDER}' or '${SCHEMAS_FOLDER}'. Objects must be in ${dir}/${OBJECTS_FOLDER}/<output name>/<key>, items in ${dir}/${TABLES_FOLDER}/<output name>.json, schemas in ${dir}/${SCHEMAS_FOLDER}/<database>.sql.`,
    );
  const putObjects = objects === undefined ? () => undefined : readObjects(objects, outputs, s3);
  const putItems =
    tables === undefined ? async () => undefined : readItems(tables, withoutOwnTables(outputs), dynamodb);
  if (schemas !== undefined) await databases.use(readSchemas(schemas, databases.names));
  putObjects();
  await putItems();
}

/**
 * Writes all objects to DIR/s3 and all items to DIR/dynamodb, in the form that `seedStack` reads. Replaces an
 * earlier dump.
 */
export async function dumpStack(
  dir: string,
  outputs: Readonly<Record<string, string>>,
  { s3, dynamodb }: Stores,
): Promise<void> {
  dumpObjects(dir, outputs, s3);
  await dumpItems(dir, withoutOwnTables(outputs), dynamodb);
}
