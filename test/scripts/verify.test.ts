import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const PROJECT = resolve(import.meta.dirname, '../..');
const PACKAGE = {
  name: 'tree',
  version: '1.0.0',
  private: true,
  type: 'module',
  // knip reports .dependency-cruiser.js as unused, unless a script uses dependency-cruiser.
  exports: './lib/index.ts',
  scripts: { imports: 'depcruise core' },
  devDependencies: { 'dependency-cruiser': '*' },
};
const CONFIGS = ['.dependency-cruiser.js', 'knip.json', 'tsconfig.json'];

/** The folder of a small project with the configuration files of this project. */
let tree: string;
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'taskbound-verify-'));
  for (const name of CONFIGS) cpSync(join(PROJECT, name), join(tree, name));
  // knip needs the installed packages to find out which package a command belongs to.
  symlinkSync(join(PROJECT, 'node_modules'), join(tree, 'node_modules'));
  write('package.json', JSON.stringify(PACKAGE));
  write('core/price.ts', 'export const price = 3;\n');
  write('lib/index.ts', "import { price } from '../core/price.ts';\nexport const total = price * 2;\n");
});
afterEach(() => rmSync(tree, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true });
  writeFileSync(join(tree, file), text);
}

function run(command: string, ...args: readonly string[]) {
  const env = { ...process.env, PATH: `${join(PROJECT, 'node_modules/.bin')}:${process.env['PATH']}` };
  const { status, stdout, stderr } = spawnSync(command, [...args], { cwd: tree, env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}
const checkImports = () => run('node', join(PROJECT, 'scripts/check-imports.ts'));
const findUnused = () => run('knip', '--no-progress');

describe('the check of imports', () => {
  test('passes if all imports are allowed', () => {
    expect(checkImports()).toEqual({ status: 0, output: '0 cycles, 0 forbidden imports in 2 modules\n' });
  });

  test('fails on a cycle', () => {
    write('core/price.ts', "import { tax } from './tax.ts';\nexport const price = tax * 3;\n");
    write('core/tax.ts', "import { price } from './price.ts';\nexport const tax = price / 5;\n");
    const { status, output } = checkImports();
    expect(status).toBe(1);
    expect(output).toMatch(/^no-circular: core\/price\.ts -> core\/tax\.ts -> core\/price\.ts$/m);
    expect(output).toMatch(/^[1-9]\d* cycles, 0 forbidden imports in 3 modules$/m);
  });

  test.each([
    ['a rule in core/ that imports a construct', 'core/rule.ts', '../lib/index.ts', 'arrows-of-core'],
    [
      'a package that imports a rule in core/',
      'packages/evidence/chain.ts',
      '../../core/price.ts',
      'arrows-of-evidence',
    ],
    ['a type import', 'packages/iam/policy.ts', '../../core/price.ts', 'arrows-of-iam'],
    ['a script that imports a test', 'scripts/more.ts', '../test/fixture.ts', 'nothing-imports-test'],
  ])('fails on %s', (what, from, to, rule) => {
    write('test/fixture.ts', 'export const total = 6;\nexport const price = 3;\n');
    const kind = what === 'a type import' ? 'type ' : '';
    write(from, `import ${kind}* as other from '${to}';\nexport const copy = { ...({} as typeof other) };\n`);
    const { status, output } = checkImports();
    expect(status).toBe(1);
    expect(output).toContain(`${rule}: ${from} -> `);
    expect(output).toMatch(/, 1 forbidden imports in \d modules$/m);
  });
});

describe('the check for unused code', () => {
  test('passes if all code is used', () => {
    expect(findUnused()).toMatchObject({ status: 0 });
  });

  test('fails on an unused export', () => {
    write('core/price.ts', 'export const price = 3;\nexport const discount = 1;\n');
    const { status, output } = findUnused();
    expect(status).toBe(1);
    expect(output).toMatch(/Unused exports \(1\)\n.*discount.*core\/price\.ts/);
  });
});
