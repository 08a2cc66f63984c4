import { buildSync } from 'esbuild';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Module names inside a bundle are written relative to this folder, so that the bytes do not depend on where a command was run. */
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const declared = new Set<string>();
const built = new Map<string, string>();

/** Announces an entry point. All that are announced before the first bundle is asked for are built by one esbuild call. */
export const declareEntry = (entry: string): void => void declared.add(entry);

/** The folder that holds an entry point's bundle, `index.js`. Built once a process. */
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
  // CDK copies what it needs into the assembly.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const stem = (entry: string): string =>
  basename(entry) === 'index.ts' ? basename(dirname(entry)) : basename(entry, '.ts');

/**
 * Bundles entry points for Lambda: one CommonJS file each, the AWS SDK included so that its version is ours. The same bytes for the
 * same sources. Returns entry -> folder. Throws esbuild's own error, which names file and line.
 */
export function bundle(entries: readonly string[], into: string): Map<string, string> {
  const folders = new Map(entries.map((entry, index) => [entry, join(into, `${index}-${stem(entry)}`)]));
  buildSync({
    entryPoints: [...folders].map(([entry, folder]) => ({ in: entry, out: join(basename(folder), 'index') })),
    outdir: into,
    absWorkingDir: PROJECT,
    tsconfigRaw: '{}',
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    // The ES modules of a package first: esbuild can drop what is not used from them only.
    mainFields: ['module', 'main'],
    minify: true,
    // An error's class name may be what a log or a Retry goes by.
    keepNames: true,
    legalComments: 'none',
    logLevel: 'silent',
  });
  return folders;
}
