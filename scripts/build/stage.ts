import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, posix } from 'node:path';
import { dependencyFaults, importedPackages } from './imports.ts';
import { compiledName, publishedManifest } from './manifest.ts';
import { packedDocument } from './packed-links.ts';
import { COMPILED, ROOT, STAGED, type Published } from './published.ts';

/**
 * Writes each package into a folder of its own, as it will be published: compiled files, documents and a package.json that names them. Throws
 * when a package's dependencies are not what its files import.
 */
export function stage(packages: readonly Published[], repository?: string): void {
  rmSync(STAGED, { recursive: true, force: true });
  const faults = packages.flatMap((each) => stagePackage(each, repository));
  if (faults.length > 0)
    throw new Error(`The dependencies of the packages are not those of their files:\n${faults.join('\n')}`);
}

function stagePackage({ folder, assets, manifest }: Published, repository: string | undefined): string[] {
  const target = join(STAGED, manifest.name);
  mkdirSync(target, { recursive: true });
  cpSync(join(COMPILED, folder), target, {
    recursive: true,
    filter: (path) => folder !== '' || path !== OTHER_PACKAGES,
  });
  const imported = importedPackages(compiledFiles(target));
  for (const asset of assets) cpSync(join(ROOT, folder, asset), join(target, asset), { recursive: true });
  copyFileSync(join(ROOT, 'LICENSE'), join(target, 'LICENSE'));
  packDocuments(target, folder, manifest.version, repository);
  for (const source of Object.values(manifest.bin ?? {}))
    chmodSync(join(target, compiledName(source)), 0o755);
  const published = publishedManifest(manifest, readdirSync(target), repository);
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
  withoutSources(join(target, 'dist', 'functions', 'manifest.json'));
  return dependencyFaults(manifest, imported);
}

/** The compiled folders of the other packages, inside the root package's. */
const OTHER_PACKAGES = join(COMPILED, 'packages');

/** Rewrites the links of all documents that lead out of the package. */
function packDocuments(
  target: string,
  folder: string,
  version: string,
  repository: string | undefined,
): void {
  const address = repository?.replace(/^git\+/, '').replace(/\.git$/, '');
  const source =
    address === undefined
      ? undefined
      : (path: string) => `${address}/blob/v${version}/${posix.join(folder, path)}`;
  const isPacked = (path: string): boolean => existsSync(join(target, path));
  for (const entry of readdirSync(target, { recursive: true, encoding: 'utf8' })) {
    if (!entry.endsWith('.md')) continue;
    const path = join(target, entry);
    const document = { path: entry, text: readFileSync(path, 'utf8') };
    writeFileSync(path, packedDocument(document, isPacked, source));
  }
}

const compiledFiles = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(js|d\.ts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

/** The sources of the control functions are not in the package, so a synth has nothing to compare the bundles with. */
function withoutSources(file: string): void {
  try {
    const built = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, `${JSON.stringify({ ...built, files: {} }, null, 2)}\n`);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
