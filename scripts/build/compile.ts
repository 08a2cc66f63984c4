import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { COMPILED, ROOT, entriesOf, type Published } from './published.ts';

/** Declarations without which a source does not compile. They are not published: no public type uses them. */
const AMBIENT = ['packages/local/dynamodb/dynalite.d.ts'];

/**
 * Compiles what users can import or run, and the files that these import, to JavaScript and declarations. Nothing else: no test and no
 * script. Throws when a source does not compile.
 */
export function compile(packages: readonly Published[]): void {
  rmSync(COMPILED, { recursive: true, force: true });
  mkdirSync(COMPILED, { recursive: true });
  // The entries of a package come before its dependents', else the compiler takes them for files of node_modules and does not emit them.
  const entries = packages.flatMap(({ folder, manifest }) =>
    entriesOf(manifest).map((entry) => join(folder, entry)),
  );
  const project = join(COMPILED, 'tsconfig.json');
  writeFileSync(project, JSON.stringify(projectOf([...entries, ...AMBIENT]), null, 2));
  const { status } = spawnSync('tsc', ['--project', project], { stdio: 'inherit' });
  rmSync(project);
  if (status !== 0) throw new Error('The sources do not compile. Correct what tsc printed above.');
}

const projectOf = (files: readonly string[]) => ({
  extends: join(ROOT, 'tsconfig.json'),
  compilerOptions: {
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: ROOT,
    outDir: COMPILED,
    types: ['node'],
    typeRoots: [join(ROOT, 'node_modules/@types')],
  },
  include: [],
  files: files.map((file) => join(ROOT, file)),
});
