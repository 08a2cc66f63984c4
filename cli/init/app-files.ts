import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { appPackage } from './app-package.ts';

/** The files of the app as they are written, except `package.json`. */
const TEMPLATE = fileURLToPath(new URL('template/', import.meta.url));

/** npm renames or leaves out a file `.gitignore` when it packs a package. */
const NAMES: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/** The content of each file of the app, by its path with slashes, sorted. */
export async function appFiles(name: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(TEMPLATE, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      const file = relative(TEMPLATE, path).split(sep).join('/');
      return [NAMES[file] ?? file, await readFile(path, 'utf8')] as const;
    });
  const json = `${JSON.stringify(appPackage(name), null, 2)}\n`;
  const all = [...(await Promise.all(files)), ['package.json', json] as const];
  return new Map(all.sort(([a], [b]) => (a < b ? -1 : 1)));
}
