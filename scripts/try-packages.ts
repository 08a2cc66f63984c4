import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedPackages, ROOT } from './build/published.ts';
import { tarballFaults } from './packages/check-tarballs.ts';
import { evidenceJourney, journey, type Versions } from './packages/journeys.ts';
import { pack, type Tarball } from './packages/pack.ts';

/**
 * Builds and packs all packages, checks the tarballs, installs them into empty folders outside the repository, and works with them as users do:
 * with every supported Node.js, with the newest CDK and with the oldest one. Prints sizes. Exits with 1 at the first failure.
 */
const FIXTURE = join(ROOT, 'test/fixtures/bundle-v0.1');
const { devDependencies, peerDependencies } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as {
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

/** The oldest version of a range such as `^2.224.0`. */
const oldest = (range = ''): string => range.replace(/^\^/, '');

const newestOn = (node: string): Versions => ({
  node,
  cdk: devDependencies['aws-cdk-lib'] ?? '',
  constructs: devDependencies['constructs'] ?? '',
});
const oldestOn = (node: string): Versions => ({
  node,
  cdk: oldest(peerDependencies['aws-cdk-lib']),
  constructs: oldest(peerDependencies['constructs']),
});

const packages = publishedPackages();
const entries = Object.keys(packages.at(-1)?.manifest.exports ?? {}).map((name) =>
  name.replace(/^\./, 'taskbound'),
);

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const named = ({ node, cdk, constructs }: Versions): string =>
  `Node.js ${node}, aws-cdk-lib ${cdk}, constructs ${constructs}`;

function step(what: string, run: () => string | void): void {
  say(`… ${what}`);
  const result = run();
  say(`✓ ${what}${result === undefined ? '' : `: ${result}`}`);
}

const sizeOf = ({ name, packedBytes, installedBytes, files }: Tarball): string =>
  `  ${name}: ${(packedBytes / 1e6).toFixed(2)} MB packed, ${(installedBytes / 1e6).toFixed(2)} MB installed, ${files.length} files`;

execFileSync('node', [join(ROOT, 'scripts/build-packages.ts')], { stdio: 'inherit' });
const tarballs = pack(packages);
for (const tarball of tarballs) say(sizeOf(tarball));
step('the tarballs have no unneeded file, and no fault that publint or arethetypeswrong finds', () => {
  const faults = tarballFaults(tarballs);
  if (faults.length > 0) throw new Error(faults.join('\n'));
});
step('taskbound-evidence alone', () => {
  const { megabytes, files } = evidenceJourney(tarballs, FIXTURE);
  return `${megabytes.toFixed(1)} MB, ${files} files, with everything it needs`;
});
for (const versions of [oldestOn('22'), newestOn('24')])
  step(`an app with two stacks, and taskbound init, with ${named(versions)}`, () =>
    journey(tarballs, entries, versions),
  );
