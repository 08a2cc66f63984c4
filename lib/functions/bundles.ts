import type * as esbuild from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Module names in a bundle are relative to this folder, so that the bytes do not depend on the working directory. */
export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const declared = new Set<string>();
const built = new Map<string, string>();

/** Declares an entry point. A single esbuild call builds all entry points that are declared before the first bundle is needed. */
export const declareEntry = (entry: string): void => void declared.add(entry);

/** The folder of an entry point's bundle, `index.js`. Built once in each process. */
export function bundleOf(entry: string): string {
  declareEntry(entry);
  if (!built.has(entry)) {
    const missing = [...declared].filter((candidate) => !built.has(candidate));
    for (const [from, folder] of bundle(missing, temporaryFolder())) built.set(from, folder);
  }
  return built.get(entry) ?? '';
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'taskbound-bundles-'));
  // CDK copies the bundles into the assembly.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const stem = (entry: string): string =>
  basename(entry) === 'index.ts' ? basename(dirname(entry)) : basename(entry, '.ts');

/** The options of every bundle. Bundles that were built with other ones are not used. */
export const BUNDLE_OPTIONS = {
  tsconfigRaw: '{}',
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node24',
  // Prefer a package's ES modules: esbuild can remove unused code only from them.
  mainFields: ['module', 'main'],
  minify: true,
  // Logs and Retry rules may use the class name of an error.
  keepNames: true,
  legalComments: 'none',
} satisfies esbuild.BuildOptions;

/**
 * Bundles entry points for Lambda: one CommonJS file each, including the AWS SDK, so that its version does not change. The same sources
 * give the same bytes. Returns entry -> folder. Throws esbuild's own error, which names file and line.
 */
export function bundle(entries: readonly string[], into: string): Map<string, string> {
  const folders = new Map(entries.map((entry, index) => [entry, join(into, `${index}-${stem(entry)}`)]));
  buildInto(folders, into);
  return folders;
}

/**
 * Bundles each entry into its folder below `into`. Returns the paths of all sources, relative to the project. esbuild is loaded only here: an app
 * whose functions are all bundled already does not need it.
 */
export function buildInto(folders: ReadonlyMap<string, string>, into: string): string[] {
  const require = createRequire(import.meta.url);
  const { buildSync } = require('esbuild') as typeof esbuild;
  const { metafile } = buildSync({
    ...BUNDLE_OPTIONS,
    entryPoints: [...folders].map(([entry, folder]) => ({ in: entry, out: join(basename(folder), 'index') })),
    outdir: into,
    absWorkingDir: PROJECT,
    metafile: true,
    logLevel: 'silent',
  });
  return Object.keys(metafile.inputs);
}
