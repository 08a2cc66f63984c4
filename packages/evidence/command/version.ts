import { existsSync, readFileSync } from 'node:fs';

/** The version of the package that a module (`import.meta.url`) belongs to. */
export const version = (module: string): string => packageOf<{ readonly version: string }>(module).version;

/** The package.json of the package that a module (`import.meta.url`) belongs to, in a clone and installed. */
export function packageOf<Fields>(module: string): Fields {
  const folder = new URL('.', module);
  const file = new URL('package.json', folder);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Fields;
  const parent = new URL('..', folder);
  if (parent.href === folder.href)
    throw new Error(`No package.json is above ${module}. Install Taskbound again.`);
  return packageOf(parent.href);
}
