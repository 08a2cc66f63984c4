import { describe, expect, it } from 'vitest';
import { unwantedFiles } from '../../../scripts/packages/check-tarballs.ts';
import { packResult } from '../../../scripts/packages/pack-result.ts';
import { releaseFaults } from '../../../scripts/packages/release-faults.ts';

const READY = {
  version: '1.0.0',
  packages: [{ name: 'taskbound', version: '1.0.0' }],
  changelog: '# Changelog\n\n## 1.0.0 (2026-12-01)\n',
  repository: 'git+https://example.com/taskbound.git',
  uncommitted: '',
};

describe('a release', () => {
  it('can be published when nothing is missing', () => {
    expect(releaseFaults(READY)).toEqual([]);
  });

  it.each([
    [
      'versions that differ',
      { packages: [{ name: 'a', version: '0.9.0' }] },
      /a has the version 0\.9\.0, not 1\.0\.0/,
    ],
    ['no changelog', { changelog: '# Changelog\n' }, /no heading "## 1\.0\.0"/],
    ['a changelog without a date', { changelog: '## 1.0.0 (unreleased)' }, /a release has its date/],
    ['no repository', { repository: undefined }, /--repository/],
    ['uncommitted files', { uncommitted: ' M lib/index.ts' }, /not committed[^]*lib\/index\.ts/],
  ])('cannot be published with %s', (_what, change, reason) => {
    const faults = releaseFaults({ ...READY, ...change });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(reason);
  });
});

describe('files of a tarball', () => {
  it.each([
    'test/a.test.js',
    'lib/a.test.js',
    'lib/a.ts',
    '.ci/run',
    'eslint.config.js',
    'vitest.config.js',
    'tsconfig.json',
    'sample/app.js',
    'package-lock.json',
  ])('%s is not for users', (file) => {
    expect(unwantedFiles({ name: 'taskbound', files: [file] })).toEqual([
      `taskbound contains ${file}, which no user needs.`,
    ]);
  });

  it.each([
    'lib/index.js',
    'lib/index.d.ts',
    'testing/index.js',
    'README.md',
    'cli/init/template/tsconfig.json',
  ])('%s is for users', (file) => {
    expect(unwantedFiles({ name: 'taskbound', files: [file] })).toEqual([]);
  });
});

describe('what npm pack prints', () => {
  const packed = { filename: 'a.tgz', size: 1, unpackedSize: 2, files: [{ path: 'a.js' }] };

  it('is a list, or an object by name', () => {
    expect(packResult(JSON.stringify([packed]), 'a')).toEqual(packed);
    expect(packResult(JSON.stringify({ a: packed }), 'a')).toEqual(packed);
  });
});
