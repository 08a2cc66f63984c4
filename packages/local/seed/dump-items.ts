import { rmSync } from 'node:fs';
import { join } from 'node:path';
import canonicalize from 'canonicalize';
import { plainOf } from './plain-items.ts';
import { SeedError } from './seed-error.ts';
import { ownFolder, writeNew } from './seed-files.ts';
import { isPlainSegment, TABLES_FOLDER, type ItemStore } from './seed-layout.ts';

/**
 * Writes every item of the tables to DIR/dynamodb, one file for each table, sorted by text, so that the same
 * items give the same file.
 * @param names Tables, each by one name. Names of other things are ignored.
 */
export async function dumpItems(
  dir: string,
  names: Readonly<Record<string, string>>,
  dynamodb: ItemStore,
): Promise<void> {
  const tables = Object.entries(names).filter(([, table]) => dynamodb.keysOf(table) !== undefined);
  if (tables.length === 0) return;
  const folder = ownFolder(dir, TABLES_FOLDER);
  for (const [name, table] of tables) {
    const file = `${name}.json`;
    if (!isPlainSegment(file) || file.includes('/'))
      throw new SeedError(`--dump ${dir}: the name '${name}' cannot be used as a file name.`);
    const items = (await dynamodb.items(table)).map((item) =>
      canonicalize(plainOf(item, `--dump ${dir}, table ${name}`)),
    );
    const path = join(folder, file);
    rmSync(path, { recursive: true, force: true });
    writeNew(
      path,
      Buffer.from(
        `[${items
          .toSorted()
          .map((item) => `\n  ${item}`)
          .join(',')}\n]\n`,
      ),
    );
  }
}
