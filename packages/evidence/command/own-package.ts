import { existsSync, readFileSync } from 'node:fs';

type Ranges = Readonly<Record<string, string>>;

/** The fields of a package.json that commands use. */
export interface OwnPackage {
  readonly version: string;
  readonly dependencies?: Ranges;
  readonly devDependencies?: Ranges;
  readonly peerDependencies?: Ranges;
}

/** The package.json of the package that a module (`import.meta.url`) belongs to: the nearest one above it, in a clone and installed. */
export function ownPackage(module: string): OwnPackage {
  const folder = new URL('.', module);
  const file = new URL('package.json', folder);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as OwnPackage;
  const parent = new URL('..', folder);
  if (parent.href === folder.href)
    throw new Error(`No package.json is above ${module}. Install Taskbound again.`);
  return ownPackage(parent.href);
}
