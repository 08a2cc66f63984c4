import type { PackageJson } from './published.ts';

/** The fields of a package.json that a published package keeps. Scripts, workspaces and settings of tools are for the clone only. */
const KEPT = ['name', 'version', 'description', 'keywords', 'license', 'type', 'engines'] as const;

/** `./lib/index.ts` -> `./lib/index.js` */
export const compiledName = (source: string, extension = '.js'): string => source.replace(/\.ts$/, extension);

/**
 * The package.json of a published package: its entries are compiled files. `files`: the names at the top of its folder.
 * https://nodejs.org/api/packages.html#conditional-exports
 */
export function publishedManifest(
  manifest: PackageJson,
  files: readonly string[],
  repository?: string,
): Record<string, unknown> {
  const entries = Object.entries(manifest.exports).map(([name, source]) => [
    name,
    { types: compiledName(source, '.d.ts'), default: compiledName(source) },
  ]);
  const bin = Object.entries(manifest.bin ?? {}).map(([name, source]) => [name, compiledName(source)]);
  return {
    ...Object.fromEntries(KEPT.filter((key) => key in manifest).map((key) => [key, manifest[key]])),
    ...(repository !== undefined && { repository: { type: 'git', url: repository } }),
    exports: { ...Object.fromEntries(entries), './package.json': './package.json' },
    ...(bin.length > 0 && { bin: Object.fromEntries(bin) }),
    files: [...files].sort(),
    sideEffects: false,
    dependencies: manifest.dependencies,
    ...(manifest.peerDependencies && { peerDependencies: manifest.peerDependencies }),
    // Not installed with the package. `taskbound init` reads from them which versions work together.
    ...('devDependencies' in manifest && { devDependencies: manifest['devDependencies'] }),
    ...(manifest.peerDependenciesMeta && { peerDependenciesMeta: manifest.peerDependenciesMeta }),
  };
}
