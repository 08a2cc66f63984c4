import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { dependencyFaults, importedPackages } from '../../../scripts/build/imports.ts';

const PACKAGE = { name: 'own', version: '1.0.0', exports: {}, dependencies: {} };

async function fileOf(name: string, text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'taskbound-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, name), text);
  return join(folder, name);
}

describe('the packages that compiled files import', () => {
  it('are those of static, dynamic and required modules, without Node.js and own files', async () => {
    const file = await fileOf(
      'a.js',
      `import { z } from 'zod'; import './b.js'; import fs from 'node:fs'; import path from 'path';
       await import('@scope/name/deep'); const require = createRequire(import.meta.url); require('esbuild');`,
    );
    expect(importedPackages([file])).toEqual(new Set(['zod', '@scope/name', 'esbuild']));
  });

  it('are those of the types as well', async () => {
    const file = await fileOf('a.d.ts', `export declare const x: import('aws-cdk-lib').Stack;`);
    expect(importedPackages([file])).toEqual(new Set(['aws-cdk-lib']));
  });
});

describe('differences from what a package declares', () => {
  it('are none when both are equal, and an import of itself is no difference', () => {
    const declared = { ...PACKAGE, dependencies: { zod: '1' }, peerDependencies: { cdk: '2' } };
    expect(dependencyFaults(declared, new Set(['zod', 'cdk', 'own']))).toEqual([]);
  });

  it('are what it imports without a declaration, and what it declares without an import', () => {
    expect(dependencyFaults({ ...PACKAGE, dependencies: { unused: '1' } }, new Set(['missing']))).toEqual([
      'own declares unused, but no published file imports it. Move it to devDependencies.',
      'own imports missing, which is not in its dependencies or peerDependencies.',
    ]);
  });
});
