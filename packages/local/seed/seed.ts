import { join } from 'node:path';
import { dumpItems } from './dump-items.ts';
import { dumpObjects } from './dump-objects.ts';
import { SeedError } from './seed-error.ts';
import { rootFolder, statOf } from './seed-files.ts';
import { readItems } from './seed-items.ts';
import { OBJECTS_FOLDER, SCHEMAS_FOLDER, TABLES_FOLDER, type Stores } from './seed-layout.ts';
import { readObjects } from './seed-objects.ts';
import { readSchemas, type SeededDatabases } from './seed-schemas.ts';

export { SeedError } from './seed-error.ts';
export { bucketOf, seedData, tableOf, type SeedData } from './seed-data.ts';
export { plainOf } from './plain-items.ts';

const NO_DATABASES: SeededDatabases = { names: [], use: async () => undefined };

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
 * @param names Buckets and tables by the names under which a seed may refer to them, such as outputs. A store may have several
 *   names; messages list the first. Names of other things are ignored.
 */
export async function seedStack(
  dir: string,
  names: Readonly<Record<string, string>>,
  { s3, dynamodb }: Stores,
  databases: SeededDatabases = NO_DATABASES,
): Promise<void> {
  const root = rootFolder(dir, '--seed');
  const [objects, tables] = [subfolder(root, OBJECTS_FOLDER), subfolder(root, TABLES_FOLDER)];
  const schemas = subfolder(root, SCHEMAS_FOLDER);
  if (objects === undefined && tables === undefined && schemas === undefined)
    throw new SeedError(
      `--seed ${dir} has no folder '${OBJECTS_FOLDER}', '${TABLES_FOLDER}' or '${SCHEMAS_FOLDER}'. Objects must be in ${dir}/${OBJECTS_FOLDER}/<bucket>/<key>, items in ${dir}/${TABLES_FOLDER}/<table>.json, schemas in ${dir}/${SCHEMAS_FOLDER}/<database>.sql.`,
    );
  const putObjects = objects === undefined ? () => undefined : readObjects(objects, names, s3);
  const putItems = tables === undefined ? async () => undefined : readItems(tables, names, dynamodb);
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
  names: Readonly<Record<string, string>>,
  { s3, dynamodb }: Stores,
): Promise<void> {
  dumpObjects(dir, names, s3);
  await dumpItems(dir, names, dynamodb);
}
