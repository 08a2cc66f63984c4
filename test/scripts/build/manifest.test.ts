import { describe, expect, it } from 'vitest';
import { publishedManifest } from '../../../scripts/build/manifest.ts';
import { publishedPackages } from '../../../scripts/build/published.ts';

const SOURCE = {
  name: 'taskbound',
  version: '1.2.3',
  type: 'module',
  license: 'Apache-2.0',
  exports: { '.': './lib/index.ts', './runtime': './lambdas/runtime/index.ts' },
  bin: { taskbound: 'bin/taskbound.ts' },
  scripts: { test: 'vitest' },
  workspaces: ['packages/*'],
  devDependencies: { vitest: '^4' },
  dependencies: { zod: '^4' },
  peerDependencies: { 'aws-cdk-lib': '^2' },
};

describe('the package.json of a published package', () => {
  it('names compiled files, with their declarations', () => {
    const { exports, bin } = publishedManifest(SOURCE, ['lib', 'bin']);
    expect(exports).toEqual({
      '.': { types: './lib/index.d.ts', default: './lib/index.js' },
      './runtime': { types: './lambdas/runtime/index.d.ts', default: './lambdas/runtime/index.js' },
      './package.json': './package.json',
    });
    expect(bin).toEqual({ taskbound: 'bin/taskbound.js' });
  });

  it('has nothing that only a clone needs', () => {
    const published = publishedManifest(SOURCE, ['lib', 'bin']);
    expect(Object.keys(published).filter((key) => /scripts|workspaces|private/.test(key))).toEqual([]);
    expect(published['files']).toEqual(['bin', 'lib']);
    expect(published).toMatchObject({
      dependencies: { zod: '^4' },
      peerDependencies: { 'aws-cdk-lib': '^2' },
    });
  });

  it('has a repository only when one is given', () => {
    expect(publishedManifest(SOURCE, [])).not.toHaveProperty('repository');
    expect(publishedManifest(SOURCE, [], 'git+https://example.com/t.git')).toMatchObject({
      repository: { type: 'git', url: 'git+https://example.com/t.git' },
    });
  });
});

describe('the packages', () => {
  it('are listed after those that they depend on, so that none is published too early', () => {
    const names = publishedPackages().map(({ manifest }) => manifest.name);
    for (const [index, { manifest }] of publishedPackages().entries()) {
      const own = Object.keys(manifest.dependencies).filter((name) => names.includes(name));
      expect(own.filter((name) => names.indexOf(name) >= index)).toEqual([]);
    }
  });

  it('depend on each other in exactly the version that they have', () => {
    const all = publishedPackages();
    const versions = new Map(all.map(({ manifest: { name, version } }) => [name, version]));
    for (const { manifest } of all)
      for (const [name, range] of Object.entries(manifest.dependencies))
        if (versions.has(name)) expect([name, range]).toEqual([name, versions.get(name)]);
  });

  it('are not private', () => {
    for (const { manifest } of publishedPackages()) expect(manifest).not.toHaveProperty('private');
  });
});
