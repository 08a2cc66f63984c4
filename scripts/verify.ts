import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';

/**
 * `npm run verify`: runs the checks, two at a time, and then the slow tests, which `npm test` does not run. Each check is one command. The last
 * line, `N passed, N failed`, counts each check and each slow test. Exits with 1 if one of them failed.
 */
const SLOW_REPORT = 'out/ci/slow.json';
/** [what, command, arguments]. The longest are first, so that they do not run alone at the end. */
const CHECKS: readonly (readonly [string, string, readonly string[]])[] = [
  ['installed packages', 'node', ['scripts/try-packages.ts']],
  ["AWS's own clients", 'node', ['scripts/aws-clients.ts']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['lint', 'eslint', ['.', '--max-warnings', '0']],
  ['import rules and cycles', 'node', ['scripts/check-imports.ts']],
  ['unused exports and dependencies', 'knip', ['--no-progress']],
  ['types', 'tsc', []],
  ['synth with cdk-nag', 'cdk', ['synth', '--quiet', '--no-notices', '--output', 'out/ci/cdk.out']],
  ['commands of README and guides', 'node', ['scripts/readme-commands.ts']],
  [
    'a sixteenth of all single faults and 20 random schedules',
    'node',
    ['simulation/main.ts', '--every', '16', '--schedules', '20'],
  ],
];

/**
 * Tests one of sixteen planted bugs, which take about ten seconds each, and the removal of one of four statements of the functions' roles, three seconds
 * each. `vitest run --project slow planted` and `vitest run --project slow least-privilege` test all of them.
 */
const SAMPLES = { PLANTED_EVERY: '16', STATEMENTS_EVERY: '4' };

/** Many checks wait: for the registry, for a clock or for one process. */
const AT_A_TIME = 2;

/** Runs a command and prints what it printed, in one piece. Returns whether it passed. */
function runCheck(what: string, command: string, args: readonly string[]): Promise<boolean> {
  const child = spawn(command, [...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += String(text)));
  return new Promise((resolve) => {
    const end = (passed: boolean, more = ''): void => {
      process.stdout.write(`\n== ${what}: ${command} ${args.join(' ')}\n${printed}${more}`);
      process.stdout.write(`== ${what}: ${passed ? 'passed' : 'FAILED'}\n`);
      resolve(passed);
    };
    child.on('error', (error) => end(false, `${error.message}\n`)).on('close', (code) => end(code === 0));
  });
}

/** Returns the number of checks that failed. */
async function runChecks(): Promise<number> {
  const waiting = [...CHECKS];
  let failed = 0;
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      if (!(await runCheck(...next))) failed += 1;
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  return failed;
}

function runSlowSuites(): { passed: number; failed: number } {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile=${SLOW_REPORT}`];
  const env = { ...process.env, ...SAMPLES };
  const args = ['run', '--project', 'slow', ...reporters];
  process.stdout.write(`\n== slow suites: vitest ${args.join(' ')}\n`);
  const passed = spawnSync('vitest', args, { stdio: 'inherit', env }).status === 0;
  process.stdout.write(`== slow suites: ${passed ? 'passed' : 'FAILED'}\n`);
  const report: { numPassedTests: number; numFailedTests: number } = JSON.parse(
    readFileSync(SLOW_REPORT, 'utf8'),
  );
  // A suite that cannot be loaded fails, but reports no failed test.
  return { passed: report.numPassedTests, failed: Math.max(report.numFailedTests, passed ? 0 : 1) };
}

mkdirSync('out/ci', { recursive: true });
const failedChecks = await runChecks();
const slow = runSlowSuites();
const failed = failedChecks + slow.failed;
process.stdout.write(`${CHECKS.length - failedChecks + slow.passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
