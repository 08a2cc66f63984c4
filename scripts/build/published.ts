import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** The project, without a slash at its end. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
const DIST = join(ROOT, 'dist');
/** What the compiler writes, in the folders of the sources. */
export const COMPILED = join(DIST, 'compiled');
/** One folder for each package, as it will be published. */
export const STAGED = join(DIST, 'npm');
export const TARBALLS = join(DIST, 'tarballs');

const versions = z.record(z.string(), z.string());
const packageJson = z.looseObject({
  name: z.string(),
  version: z.string(),
  exports: versions,
  bin: versions.optional(),
  dependencies: versions.default({}),
  peerDependencies: versions.optional(),
  peerDependenciesMeta: z.record(z.string(), z.looseObject({})).optional(),
});
export type PackageJson = z.infer<typeof packageJson>;

/** A package that is published. */
export interface Published {
  /** Its folder, relative to the project. Empty for the root package. */
  readonly folder: string;
  /** Files and folders that are copied as they are. */
  readonly assets: readonly string[];
  readonly manifest: PackageJson;
}

/** Each package, after those that it imports. */
const PACKAGES: readonly Omit<Published, 'manifest'>[] = [
  { folder: 'packages/iam', assets: ['README.md'] },
  { folder: 'packages/time', assets: ['README.md'] },
  { folder: 'packages/evidence', assets: ['README.md'] },
  { folder: 'packages/local', assets: ['README.md'] },
  { folder: '', assets: ['README.md', 'CHANGELOG.md', 'docs', 'dist/functions', 'cli/init/template'] },
];

export const publishedPackages = (): Published[] =>
  PACKAGES.map((each) => ({
    ...each,
    manifest: packageJson.parse(JSON.parse(readFileSync(join(ROOT, each.folder, 'package.json'), 'utf8'))),
  }));

/** The sources that a package's users can import or run, relative to the package: `./lib/index.ts`. */
export const entriesOf = ({ exports, bin = {} }: PackageJson): string[] => [
  ...Object.values(exports),
  ...Object.values(bin),
];
