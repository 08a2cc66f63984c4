import { existsSync, readFileSync } from 'node:fs';

type Ranges = Readonly<Record<string, string>>;

/** The fields of Taskbound's `package.json` that commands use. */
export interface OwnPackage {
  readonly version: string;
  readonly dependencies?: Ranges;
  readonly devDependencies?: Ranges;
  readonly peerDependencies?: Ranges;
}

/** Taskbound's `package.json`: the nearest one above this file, in a clone and in an installed package. */
export function ownPackage(folder = new URL('.', import.meta.url)): OwnPackage {
  const file = new URL('package.json', folder);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as OwnPackage;
  const parent = new URL('..', folder);
  if (parent.href === folder.href) throw new Error('Taskbound is installed without its package.json.');
  return ownPackage(parent);
}
