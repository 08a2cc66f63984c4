import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/**
 * Checks the imports of all folders against `.dependency-cruiser.js`. Prints each violation, and then the line
 * `0 cycles, 0 forbidden imports in 965 modules`. Exits with 1 if there is a violation, and with 2 if dependency-cruiser failed.
 */
const FOLDERS = [
  'bin',
  'client',
  'cli',
  'core',
  'lambdas',
  'lib',
  'packages',
  'sample',
  'scripts',
  'simulation',
  'test',
  'testing',
];

/** The part of dependency-cruiser's JSON output that is used here. */
interface Cruise {
  readonly modules: readonly { readonly source: string; readonly coreModule?: boolean }[];
  readonly summary: { readonly violations: readonly Violation[] };
}

interface Violation {
  readonly from: string;
  readonly to: string;
  readonly rule: { readonly name: string };
  readonly cycle?: readonly { readonly name: string }[];
}

const MEBIBYTE = 1024 ** 2;

function cruise(): Cruise | undefined {
  const args = ['--config', '.dependency-cruiser.js', '--output-type', 'json', ...FOLDERS.filter(existsSync)];
  const { stdout, stderr } = spawnSync('depcruise', args, { encoding: 'utf8', maxBuffer: 256 * MEBIBYTE });
  if (stdout.startsWith('{')) return JSON.parse(stdout);
  process.stderr.write(stderr);
  return undefined;
}

/** `no-circular: core/a.ts -> core/b.ts -> core/a.ts` */
const textOf = ({ rule, from, to, cycle }: Violation): string =>
  `${rule.name}: ${[from, ...(cycle?.map(({ name }) => name) ?? [to])].join(' -> ')}\n`;

function report({ modules, summary: { violations } }: Cruise): void {
  for (const violation of violations) process.stdout.write(textOf(violation));
  const cycles = violations.filter(({ rule }) => rule.name === 'no-circular').length;
  const own = modules.filter(({ source, coreModule }) => !coreModule && !source.includes('node_modules/'));
  const forbidden = violations.length - cycles;
  process.stdout.write(`${cycles} cycles, ${forbidden} forbidden imports in ${own.length} modules\n`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

const result = cruise();
if (result === undefined) process.exitCode = 2;
else report(result);
