import { basename, join } from 'node:path';
import { SeedError } from './seed-error.ts';
import { filesUnder, JSON_LIMIT, readJsonText } from './seed-files.ts';

const SUFFIX = '.sql';

/** A script of the folder DIR/postgres. */
export interface SeedSchema {
  /** Its path, for messages. */
  readonly where: string;
  readonly sql: string;
}

/** The databases of a stack. */
export interface SeededDatabases {
  readonly names: readonly string[];
  /** Takes the scripts by the database's name, before anything is put. May throw SeedError. */
  use(schemas: Readonly<Record<string, SeedSchema>>): Promise<void>;
}

/**
 * Reads the scripts of `folder`, DIR/postgres: for each database a file named after it. Throws SeedError for any other file.
 * @param databases The names of the databases that task types use.
 */
export function readSchemas(folder: string, databases: readonly string[]): Record<string, SeedSchema> {
  return Object.fromEntries(
    filesUnder(folder, { ...JSON_LIMIT, what: 'an SQL script of a seed' }).map((file) => {
      const where = join(folder, file);
      const name = basename(file, SUFFIX);
      if (!file.endsWith(SUFFIX) || file.includes('/') || !databases.includes(name))
        throw new SeedError(
          `${where} does not belong to a database. Files in ${folder} are named after the databases of task types: ${databases.map((each) => each + SUFFIX).join(', ') || 'there are none'}.`,
        );
      return [name, { where, sql: textOf(where) }];
    }),
  );
}

function textOf(path: string): string {
  try {
    return readJsonText(path);
  } catch (error) {
    throw new SeedError(`${path} cannot be read: ${String(error)}. Write it as UTF-8.`);
  }
}
