import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

/**
 * `npm run verify`: what the tests of `npm test` leave out. Each check is one command; the slow suites count test by test.
 * Last line: `N passed, N failed`. Exit 1 when something failed.
 */
const SLOW_REPORT = 'out/ci/slow.json';
/** [what, command, arguments] */
const CHECKS: readonly (readonly [string, string, readonly string[]])[] = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'eslint', ['.', '--max-warnings', '0']],
  ['import arrows and cycles', 'node', ['scripts/check-imports.ts']],
  ['unused exports and dependencies', 'knip', ['--no-progress']],
  ['types', 'tsc', []],
  ['synth with cdk-nag', 'cdk', ['synth', '--quiet', '--no-notices', '--output', 'out/ci/cdk.out']],
  ['commands of README and guides', 'node', ['scripts/readme-commands.ts']],
  [
    'a third of all single faults and 100 random schedules',
    'node',
    ['simulation/main.ts', '--every', '3', '--schedules', '100'],
  ],
];

/** A planted bug takes some ten seconds to find: `vitest run --project slow planted` tries them all. */
const PLANTED_EVERY = '4';

function runs(what: string, command: string, args: readonly string[]): boolean {
  process.stdout.write(`\n== ${what}: ${command} ${args.join(' ')}\n`);
  const env = { ...process.env, PLANTED_EVERY };
  const passed = spawnSync(command, [...args], { stdio: 'inherit', env }).status === 0;
  process.stdout.write(`== ${what}: ${passed ? 'passed' : 'FAILED'}\n`);
  return passed;
}

function slowSuites(): { passed: number; failed: number } {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${SLOW_REPORT}`];
  const passed = runs('slow suites', 'vitest', ['run', '--project', 'slow', ...reporters]);
  const report: { numPassedTests: number; numFailedTests: number } = JSON.parse(
    readFileSync(SLOW_REPORT, 'utf8'),
  );
  // A suite that cannot even load fails without a failed test.
  return { passed: report.numPassedTests, failed: Math.max(report.numFailedTests, passed ? 0 : 1) };
}

mkdirSync('out/ci', { recursive: true });
const failedChecks = CHECKS.filter(([what, command, args]) => !runs(what, command, args)).length;
const slow = slowSuites();
const failed = failedChecks + slow.failed;
process.stdout.write(`${CHECKS.length - failedChecks + slow.passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
