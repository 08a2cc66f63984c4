import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/**
 * What an app that asks git for its version would see, in a folder: the current commit and branch, and all branches and tags. Empty outside a
 * repository. Reads git's files, because starting git takes longer: https://git-scm.com/docs/gitrepository-layout
 */
export function gitState(folder: string): readonly string[] {
  const own = gitFolder(join(folder, '.git'));
  if (own === undefined) return [];
  const shared = resolve(own, textOf(join(own, 'commondir'))?.trim() ?? '.');
  const files = [join(own, 'HEAD'), join(shared, 'packed-refs')];
  for (const kind of ['heads', 'tags']) files.push(...filesIn(join(shared, 'refs', kind)));
  return files.flatMap((path) => [path, textOf(path) ?? '']);
}

/** The folder itself, or the one that the file of a worktree names. */
function gitFolder(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  if (lstatSync(path).isDirectory()) return path;
  const named = /^gitdir: (.*)$/m.exec(textOf(path) ?? '')?.[1];
  return named === undefined ? undefined : resolve(path, '..', named);
}

const textOf = (path: string): string | undefined =>
  existsSync(path) ? readFileSync(path, 'utf8') : undefined;

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .sort()
    : [];
