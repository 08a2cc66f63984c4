import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

/**
 * `npm run verify`: runs the checks and the slow tests, which `npm test` does not run. Each check is one command. The last line, `N passed,
 * N failed`, counts each check and each slow test. Exits with 1 if one of them failed.
 */
const SLOW_REPORT = 'out/ci/slow.json';
/** [what, command, arguments] */
const CHECKS: readonly (readonly [string, string, readonly string[]])[] = [
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'eslint', ['.', '--max-warnings', '0']],
  ['import rules and cycles', 'node', ['scripts/check-imports.ts']],
  ['unused exports and dependencies', 'knip', ['--no-progress']],
  ['types', 'tsc', []],
  ['synth with cdk-nag', 'cdk', ['synth', '--quiet', '--no-notices', '--output', 'out/ci/cdk.out']],
  ['commands of README and guides', 'node', ['scripts/readme-commands.ts']],
  [
    'a sixth of all single faults and 50 random schedules',
    'node',
    ['simulation/main.ts', '--every', '6', '--schedules', '50'],
  ],
];

/** Tests one of eight planted bugs, because each takes about ten seconds. `vitest run --project slow planted` tests all of them. */
const PLANTED_EVERY = '8';

function runCheck(what: string, command: string, args: readonly string[]): boolean {
  process.stdout.write(`\n== ${what}: ${command} ${args.join(' ')}\n`);
  const env = { ...process.env, PLANTED_EVERY };
  const passed = spawnSync(command, [...args], { stdio: 'inherit', env }).status === 0;
  process.stdout.write(`== ${what}: ${passed ? 'passed' : 'FAILED'}\n`);
  return passed;
}

function runSlowSuites(): { passed: number; failed: number } {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${SLOW_REPORT}`];
  const passed = runCheck('slow suites', 'vitest', ['run', '--project', 'slow', ...reporters]);
  const report: { numPassedTests: number; numFailedTests: number } = JSON.parse(
    readFileSync(SLOW_REPORT, 'utf8'),
  );
  // A suite that cannot be loaded fails, but reports no failed test.
  return { passed: report.numPassedTests, failed: Math.max(report.numFailedTests, passed ? 0 : 1) };
}

mkdirSync('out/ci', { recursive: true });
const failedChecks = CHECKS.filter(([what, command, args]) => !runCheck(what, command, args)).length;
const slow = runSlowSuites();
const failed = failedChecks + slow.failed;
process.stdout.write(`${CHECKS.length - failedChecks + slow.passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
