import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import ts from 'typescript';
import type { PackageJson } from './published.ts';

/** `@aws-sdk/client-s3/x` -> `@aws-sdk/client-s3` */
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** The packages that compiled files import: statically, when they run, or in their types. */
export function importedPackages(files: readonly string[]): Set<string> {
  const names = files.flatMap((file) =>
    ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles.map(({ fileName }) => fileName),
  );
  return new Set(names.filter((name) => !name.startsWith('.') && !isBuiltin(name)).map(packageOf));
}

/** Differences between what a package declares and what it imports, one line each. A user's installation would lack what is not declared. */
export function dependencyFaults(
  { name, dependencies, peerDependencies = {} }: PackageJson,
  imported: ReadonlySet<string>,
): string[] {
  const declared = new Set(Object.keys({ ...dependencies, ...peerDependencies }));
  return [
    ...[...imported]
      .filter((each) => !declared.has(each) && each !== name)
      .map((each) => `${name} imports ${each}, which is not in its dependencies or peerDependencies.`),
    ...[...declared]
      .filter((each) => !imported.has(each))
      .map(
        (each) => `${name} declares ${each}, but no published file imports it. Move it to devDependencies.`,
      ),
  ].sort();
}
