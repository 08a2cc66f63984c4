import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { errorMessage } from 'taskbound-evidence/describe-error';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { synthesize } from '../sample/synthesize.ts';
import { readAssembly } from 'taskbound-local/template/assembly';
import { schedule as scheduleSchema, type Schedule } from './schedules/schedule.ts';
import { runSchedule, warmUp } from './run-schedule.ts';
import { simulate, type Simulation } from './simulate.ts';
import { silenceLogs } from './world/silence-logs.ts';

/**
 * `npm run simulate`: runs tasks with faults, and checks each run against the invariants of docs/invariants.md. First it runs a schedule
 * for each fault alone, then random schedules that are drawn with a seed. Exit 0: no violation. Exit 1: a violation; the smallest schedule
 * that shows it is printed. Exit 2: an invalid option.
 */
interface Options {
  readonly seed: number;
  readonly schedules: number;
  readonly only?: string;
  readonly assembly?: string;
  readonly every: number;
  readonly replay?: string;
  readonly first?: boolean;
  readonly json?: boolean;
}

const wholeNumber = (text: string): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    `${JSON.stringify(text)} was given; allowed: a whole number up to 999999999.`,
  );
};

const atLeastOne = (text: string): number => {
  const number = wholeNumber(text);
  if (number >= 1) return number;
  throw new InvalidArgumentError('0 was given; allowed: a whole number from 1.');
};

const pattern = (text: string): string => {
  try {
    return new RegExp(text).source;
  } catch (error) {
    throw new InvalidArgumentError(`${JSON.stringify(text)} is not a regular expression: ${String(error)}.`);
  }
};

const options: Options = new Command()
  .name('npm run simulate --')
  .option('--seed <number>', 'the seed of the random schedules', wholeNumber, 1)
  .option(
    '--schedules <number>',
    'the number of random schedules, in addition to the single faults',
    wholeNumber,
    500,
  )
  .option(
    '--only <pattern>',
    'run only the single faults whose name matches this regular expression',
    pattern,
  )
  .option('--assembly <dir>', 'use this CDK assembly instead of synthesizing one')
  .option('--every <number>', 'run only one of every <number> single faults', atLeastOne, 1)
  .option('--first', 'stop at the first violation')
  .option('--replay <schedule>', 'run one schedule, JSON or @FILE, and print its trace')
  .option('--json', 'print exactly one JSON document on standard output')
  .configureOutput({ outputError: (text, write) => write(text) })
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .parse()
  .opts();

/** What to replay; read before anything is synthesized, so that a wrong one is refused at once. */
const toReplay = options.replay === undefined ? undefined : readSchedule(options.replay);
if (typeof toReplay === 'string') {
  process.stderr.write(`simulate: ${toReplay}\n`);
  process.exit(2);
}

const folder = options.assembly ?? mkdtempSync(join(tmpdir(), 'taskbound-simulate-'));
if (options.assembly === undefined)
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
if (options.assembly === undefined) synthesize({ outdir: folder });
process.exitCode = toReplay === undefined ? await explore() : await replay(toReplay);

async function explore(): Promise<number> {
  silenceLogs();
  const { seed, schedules, only, every } = options;
  const startedMs = performance.now();
  const result = await simulate({
    assembly: folder,
    seed,
    schedules,
    every,
    ...omitUndefined({ only }),
    first: options.first === true,
    progress: (done, size, violations) => showProgress(done, size, violations, startedMs),
  });
  process.stderr.write('\n');
  process.stdout.write(options.json === true ? `${JSON.stringify(result)}\n` : textOf(result));
  return result.brokenRuns === 0 ? 0 : 1;
}

function showProgress(done: number, size: number, violations: number, startedMs: number): void {
  const seconds = Math.round((performance.now() - startedMs) / 1000);
  const text = `${done} of ${size} schedules, ${violations} with a violation, ${seconds} s`;
  if (process.stderr.isTTY) process.stderr.write(`\r${text}`);
  else if (done % 400 < 8 || done === size) process.stderr.write(`${text}\n`);
}

function textOf(result: Simulation): string {
  const lines = [
    `${result.singleFaults} single faults and ${result.schedules} random schedules (seed ${result.seed}): ${result.brokenRuns} broke an invariant.`,
    `${result.closed} boundaries closed; at most ${result.maxSecondsToClosed} s after the faults had stopped, denied at most ${result.maxSecondsToDenied} s after the task's end.`,
    `Trace digest ${result.traceDigest}`,
  ];
  for (const { invariant, message, schedule, trace } of result.violations) {
    lines.push('', `Invariant ${invariant}: ${message}`, ...trace.slice(-40).map((line) => `  ${line}`));
    lines.push(`Replay: npm run simulate -- --replay '${JSON.stringify(schedule)}'`);
  }
  return `${lines.join('\n')}\n`;
}

async function replay(schedule: Schedule): Promise<number> {
  silenceLogs();
  const assembly = await readAssembly(folder);
  await warmUp(assembly);
  const { trace, violations, ...rest } = await runSchedule(assembly, schedule);
  if (options.json === true) process.stdout.write(`${JSON.stringify({ ...rest, violations, trace })}\n`);
  else {
    const broken = violations.map(({ invariant, message }) => `Invariant ${invariant}: ${message}`);
    process.stdout.write(`${[...trace, ...broken, `Digest ${rest.digest}`].join('\n')}\n`);
  }
  return violations.length === 0 ? 0 : 1;
}

/** Parses the schedule. If it cannot be used, returns the reason. */
function readSchedule(given: string): Schedule | string {
  try {
    const text = given.startsWith('@') ? readFileSync(given.slice(1), 'utf8') : given;
    const { data, error } = scheduleSchema.safeParse(JSON.parse(text));
    return error === undefined ? data : `the schedule cannot be used: ${z.prettifyError(error)}`;
  } catch (error) {
    return `the schedule cannot be read: ${errorMessage(error)}. Give JSON, or @FILE.`;
  }
}
