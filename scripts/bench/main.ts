import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { measureAudit, printAudit } from './audit.ts';
import { measureBundles, printBundles } from './bundles.ts';
import { measureCalls, printCalls } from './calls.ts';
import { measureConcurrent, printConcurrent } from './concurrent.ts';
import { measureDue, printDue } from './due.ts';
import { measureLocal, printLocal } from './local.ts';
import { synthesized } from './process.ts';
import { measureLogins, printLogins } from './logins.ts';
import { measureProven, printProven } from './proven.ts';
import { measureWideLogins, printWideLogins } from './wide-logins.ts';
import type { Bench } from './section.ts';

/**
 * `npm run bench`: the figures of docs/performance.md. Options: `--only NAME` (repeatable), `--json` (one document on standard
 * output), `--runs N` (how often each time is measured), `--tasks N` (tasks at once), `--trail-megabytes N` (size of the audited trail), `--against COMMIT`
 * (logins and wide-logins: measures the code of that commit as well, on the same server).
 */
interface Measured {
  readonly figures: unknown;
  readonly text: string;
}

const section =
  <T>(title: string, measure: (bench: Bench) => Promise<T>, print: (figures: T) => string) =>
  async (bench: Bench): Promise<Measured> => {
    const figures = await measure(bench);
    return { figures, text: `## ${title}\n\n${print(figures)}\n` };
  };

/** They run in this order. Those that measure memory come last. */
const SECTIONS = new Map([
  ['calls', section('Calls, invocations and transitions of one task', measureCalls, printCalls)],
  ['bundles', section('Bundles: size and cold start', measureBundles, printBundles)],
  ['local', section('Local seconds', measureLocal, printLocal)],
  ['proven', section('Seconds from the end of the work to the proof', measureProven, printProven)],
  ['due', section('What a run of the reconciler reads', measureDue, printDue)],
  ['logins', section('Database logins, from creation to proof of removal', measureLogins, printLogins)],
  ['wide-logins', section('Ending a login with rights on many tables', measureWideLogins, printWideLogins)],
  ['audit', section('Auditing a long trail', measureAudit, printAudit)],
  ['concurrent', section('Many tasks at once', measureConcurrent, printConcurrent)],
]);

const OPTIONS = {
  json: { type: 'boolean', default: false },
  only: { type: 'string', multiple: true },
  runs: { type: 'string', default: '10' },
  tasks: { type: 'string', default: '100' },
  against: { type: 'string' },
  'trail-megabytes': { type: 'string', default: '1000' },
} as const;

interface Options {
  readonly json: boolean;
  readonly names: readonly string[];
  readonly runs: number;
  readonly tasks: number;
  readonly trailMegabytes: number;
  readonly against: string | undefined;
}

/** Throws `UsageError` for an unknown option or an invalid value. */
function readOptions(): Options {
  const { json, only, runs, tasks, against, 'trail-megabytes': megabytes } = parsed();
  return {
    json,
    names: chosen(only),
    runs: countOf('runs', runs),
    tasks: countOf('tasks', tasks),
    trailMegabytes: countOf('trail-megabytes', megabytes),
    against,
  };
}

function parsed() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function countOf(name: string, text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new UsageError(`--${name} is ${JSON.stringify(text)}; it must be a whole number from 1 to 99999.`);
}

/** The chosen sections, in the order of `SECTIONS`. */
function chosen(only: readonly string[] = [...SECTIONS.keys()]): string[] {
  const unknown = only.find((name) => !SECTIONS.has(name));
  if (unknown === undefined) return [...SECTIONS.keys()].filter((name) => only.includes(name));
  throw new UsageError(
    `--only is ${JSON.stringify(unknown)}; it must be one of ${[...SECTIONS.keys()].join(', ')}.`,
  );
}

async function measureAll({ names, json }: Options, bench: Bench): Promise<Record<string, unknown>> {
  const machine = { node: process.version, arch: process.arch, cores: availableParallelism() };
  if (!json) console.log(`Node ${machine.node}, ${machine.arch}, ${machine.cores} cores\n`);
  const all: Record<string, unknown> = { machine };
  for (const name of names) {
    console.error(`measuring ${name}`);
    const measured = await SECTIONS.get(name)?.(bench);
    all[name] = measured?.figures;
    if (!json) console.log(measured?.text);
  }
  return all;
}

async function main(): Promise<void> {
  const options = readOptions();
  const { runs, tasks, trailMegabytes, against, json } = options;
  const assembly = await synthesized();
  try {
    const bench = { runs, tasks, trailMegabytes, assembly: assembly.directory };
    const all = await measureAll(options, { ...bench, ...(against !== undefined && { against }) });
    if (json) console.log(JSON.stringify(all, null, 2));
  } finally {
    await assembly.discard();
  }
}

await main().catch((error: unknown) => {
  console.error(error instanceof UsageError ? `bench: ${error.message}` : error);
  process.exitCode = error instanceof UsageError ? 2 : 1;
});
