import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { publishedPackages, ROOT } from './build/published.ts';
import { tarballFaults } from './packages/check-tarballs.ts';
import { pack } from './packages/pack.ts';
import { releaseFaults } from './packages/release-faults.ts';

/**
 * `npm run release -- --repository URL`: builds, packs and checks all packages, and shows what would be published. With `--publish` it publishes
 * them with provenance, which npm makes only in a CI that can identify itself: https://docs.npmjs.com/generating-provenance-statements
 */
const { values } = parseArgs({
  options: { repository: { type: 'string' }, publish: { type: 'boolean', default: false } },
});

const packages = publishedPackages();
const uncommitted = execFileSync('git', ['status', '--short'], { cwd: ROOT, encoding: 'utf8' }).trimEnd();
const faults = releaseFaults({
  version: packages[0]?.manifest.version ?? '',
  packages: packages.map(({ manifest: { name, version } }) => ({ name, version })),
  changelog: readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8'),
  repository: values.repository,
  uncommitted,
});
if (values.publish && faults.length > 0) refuse('Nothing is published.', faults);
for (const fault of faults) process.stderr.write(`Before a release: ${fault}\n`);

const env = { ...process.env, TASKBOUND_REPOSITORY: values.repository ?? '' };
execFileSync('node', [join(ROOT, 'scripts/build-packages.ts')], { stdio: 'inherit', env });
const tarballs = pack(packages);
const wrong = tarballFaults(tarballs);
if (wrong.length > 0) refuse('The tarballs are wrong.', wrong);

// Each package after those that it imports, so that none can be installed before its dependencies are there.
for (const { name, path } of tarballs) {
  const mode = values.publish ? ['--provenance'] : ['--dry-run'];
  const { status } = spawnSync('npm', ['publish', path, '--access', 'public', ...mode], { stdio: 'inherit' });
  if (status !== 0) refuse(`${name} was not published, nor any package after it.`, []);
}
process.stdout.write(
  values.publish
    ? 'All packages are published.\n'
    : 'Nothing was published: give --publish, in CI, to publish.\n',
);

function refuse(what: string, reasons: readonly string[]): never {
  process.stderr.write(`${[what, ...reasons].join('\n')}\n`);
  process.exit(1);
}
