import { existsSync, readFileSync } from 'node:fs';

/** The version in Taskbound's `package.json`: the nearest one above this file, in a clone and in an installed package. */
export function version(folder = new URL('.', import.meta.url)): string {
  const file = new URL('package.json', folder);
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  const parent = new URL('..', folder);
  if (parent.href === folder.href) throw new Error('Taskbound is installed without its package.json.');
  return version(parent);
}
