import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { BUNDLE_OPTIONS, PROJECT } from './bundles.ts';

/** Where `npm run build:functions` writes one folder for each control function. */
export const BUILT_FUNCTIONS = join(PROJECT, 'dist', 'functions');
const MANIFEST = 'manifest.json';
/** The lock file fixes the versions of all packages, so their files need not be compared one by one. */
const PROJECT_FILES = ['package-lock.json', 'package.json'];

/**
 * The SHA-256 of each file that the bundles were built from, and of the build's options. A published package has no sources, so its manifest
 * has no files.
 */
const manifest = z.strictObject({ options: z.string(), files: z.record(z.string(), z.string()) });
type Manifest = z.infer<typeof manifest>;

const sha256 = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

/** The manifest of bundles that are built from `sources` now. */
export function manifestOf(sources: readonly string[], project = PROJECT): Manifest {
  const own = sources.filter((path) => !path.startsWith('node_modules/'));
  const paths = [...PROJECT_FILES, ...packageFiles(own), ...own].sort();
  const files = paths.map((path) => [path, sha256(readFileSync(join(project, path)))]);
  return { options: sha256(JSON.stringify(BUNDLE_OPTIONS)), files: Object.fromEntries(files) };
}

/** The `package.json` of each workspace with a source: its `exports` decide which file an import finds. */
function packageFiles(sources: readonly string[]): string[] {
  const folders = sources.flatMap((path) => /^packages\/[^/]+/.exec(path) ?? []);
  return [...new Set(folders)].map((folder) => `${folder}/package.json`);
}

/** Whether the bundles in a folder were built from the sources as they are now. */
export function isCurrent(folder: string, project = PROJECT): boolean {
  const built = readManifest(join(folder, MANIFEST));
  if (built?.options !== sha256(JSON.stringify(BUNDLE_OPTIONS))) return false;
  return Object.entries(built.files).every(
    ([path, digest]) =>
      existsSync(join(project, path)) && sha256(readFileSync(join(project, path))) === digest,
  );
}

/** Undefined without a valid manifest: the build did not end. */
function readManifest(file: string): Manifest | undefined {
  try {
    return manifest.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

export const manifestFile = (folder: string): string => join(folder, MANIFEST);

let current: boolean | undefined;

/** The folder of a control function's bundle, if it is built and current. Compared once in each process. */
export function builtFunction(stem: string): string | undefined {
  current ??= isCurrent(BUILT_FUNCTIONS);
  const folder = join(BUILT_FUNCTIONS, stem);
  // A function that was declared after the build has no bundle yet.
  return current && existsSync(join(folder, 'index.js')) ? folder : undefined;
}
