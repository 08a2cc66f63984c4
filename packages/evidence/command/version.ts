import { existsSync, readFileSync } from 'node:fs';

/** The version in the package.json of the package that a module (`import.meta.url`) belongs to, in a clone and installed. */
export function version(module: string): string {
  const folder = new URL('.', module);
  const file = new URL('package.json', folder);
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  const parent = new URL('..', folder);
  if (parent.href === folder.href)
    throw new Error(`No package.json is above ${module}. Install Taskbound again.`);
  return version(parent.href);
}
