import { existsSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const LOCK_FILES = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
];

/** The folder and those above it, up to the user's home folder and the one for temporary files, without these. */
function withAncestors(folder: string): readonly string[] {
  const ends = new Set([homedir(), tmpdir(), dirname(folder) === folder ? folder : '/']);
  const folders: string[] = [];
  for (let at = folder; !ends.has(at); at = dirname(at)) folders.push(at);
  return folders;
}

/**
 * The folder that contains all sources of an app: the outermost repository around it, or the outermost folder with a lock file, such as that of a
 * workspace; otherwise the app's own folder.
 */
export function appRoot(folder: string): string {
  const folders = withAncestors(folder);
  const repository = folders.findLast((one) => existsSync(join(one, '.git')));
  const locked = folders.findLast((one) => LOCK_FILES.some((name) => existsSync(join(one, name))));
  return repository ?? locked ?? folder;
}

/** The `node_modules` in which Node looks for the packages of a folder, from the nearest on. */
export const installedFor = (folder: string): readonly string[] =>
  withAncestors(folder)
    .map((one) => join(one, 'node_modules'))
    .filter((path) => existsSync(path));
