import { readFile, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../cli/main.ts';
import { evidenceBundle } from 'taskbound-evidence/chain/evidence';
import type { EvidenceEvent } from 'taskbound-evidence/events/event';
import { eventsOfType } from 'taskbound-evidence/events/event-of-type';
import { parseEvents } from 'taskbound-evidence/events/parse-events';
import { SystemClock } from 'taskbound-local/clock/system-clock';
import type { Clock } from 'taskbound-time/clock';
import { synthesizeSample } from '../synthesize-sample.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Everything that `npm start` writes, relative to the project. */
export const OUT = 'out/start';
export const outPath = (...parts: readonly string[]): string => join(ROOT, OUT, ...parts);
/** The folder under `OUT` with the synthesized stack. */
export const ASSEMBLY = 'cdk.out';

export const systemClock = new SystemClock();

/** A sentence about a run, and whether it is true. */
export type Check = readonly [what: string, holds: boolean];

/** Runs the command line as `npx taskbound` does and returns its standard output. */
async function taskbound(
  argv: readonly string[],
  clock: Clock = systemClock,
): Promise<{ code: number; output: string }> {
  console.error(`$ npx taskbound ${argv.join(' ')}`);
  let output = '';
  const code = await main(argv, {
    out: (text) => void (output += text),
    err: (text) => void process.stderr.write(text),
    env: {},
    cwd: ROOT,
    userName: userInfo().username,
    clock,
    ask: async () => undefined,
    synthesize: synthesizeSample,
    untilInterrupted: async () => undefined,
  });
  return { code, output };
}

/** What a reviewer receives for one task. */
interface Reviewed {
  readonly evidenceFile: string;
  readonly reportFile: string;
  readonly verdict: string;
}

export interface SampleRun {
  readonly events: readonly EvidenceEvent[];
  readonly timeline: string;
  readonly reviewed: Reviewed;
  readonly checks: readonly Check[];
}

/**
 * Runs one task to its end in a new embedded AWS, then reads and reviews its evidence. All files are written to the folder `name` under
 * `OUT`. `clock` gives the time at which the embedded AWS starts, and is read once.
 */
export async function runTask(
  name: string,
  argv: readonly string[],
  clock: Clock = systemClock,
): Promise<SampleRun> {
  const out = `${OUT}/${name}`;
  const trail = `${out}/trail`;
  const localOptions = [
    '--local',
    '--assembly',
    `${OUT}/${ASSEMBLY}`,
    '--out',
    out,
    '--trail',
    trail,
    '--json',
  ];
  const { code, output } = await taskbound(['run', ...argv, ...localOptions], clock);
  const report: { readonly phase?: string; readonly evidenceFile?: string | null } = JSON.parse(output);
  if (typeof report.evidenceFile !== 'string') throw new Error(`The task has no evidence file: ${output}`);
  const evidenceFile = relative(ROOT, report.evidenceFile);
  const bundle = evidenceBundle.parse(JSON.parse(await readFile(report.evidenceFile, 'utf8')));
  const { events, faults } = parseEvents(bundle.events);
  if (faults.length > 0)
    throw new Error(`The evidence contains events that cannot be read: ${JSON.stringify(faults)}`);
  const { output: timeline } = await taskbound(['show', evidenceFile]);
  const verified = await taskbound(['verify', evidenceFile, '--key', `${out}/taskbound.pub.pem`]);
  const reviewed = await review(evidenceFile, out, trail);
  return {
    events,
    timeline,
    reviewed,
    checks: [
      ['the task succeeded', code === 0],
      ['its boundary is closed', report.phase === 'closed'],
      [
        "the task's credential was used after its end, and was refused",
        eventsOfType(events, 'revocation.proven').some(({ data }) => data.proof === 'refused'),
      ],
      ["the evidence chain and its signature are valid with the stack's key", verified.code === 0],
      ['the audit with the trail confirms that the boundary was enforced', reviewed.verdict === 'enforced'],
    ],
  };
}

/** Audits the evidence with the trail and writes the report page. */
async function review(evidenceFile: string, out: string, trail: string): Promise<Reviewed> {
  const key = ['--key', `${out}/taskbound.pub.pem`];
  const trailOptions = ['--trail', trail, '--trail-keys', `${trail}/public-keys.json`];
  const { output } = await taskbound(['audit', evidenceFile, ...key, ...trailOptions, '--json']);
  const { verdict }: { readonly verdict?: string } = JSON.parse(output);
  const auditFile = `${out}/audit.json`;
  await writeFile(join(ROOT, auditFile), output);
  const written = await taskbound(['report', evidenceFile, ...key, '--audit', auditFile, '--json']);
  const { reportFile }: { readonly reportFile?: string } = JSON.parse(written.output);
  if (verdict === undefined || reportFile === undefined)
    throw new Error(`The evidence could not be reviewed: ${output}${written.output}`);
  return { evidenceFile, reportFile: relative(ROOT, reportFile), verdict };
}

/** One field of a secret's handle, from the evidence. */
export function handleOf(events: readonly EvidenceEvent[], name: string, field: string): string {
  const secret = eventsOfType(events, 'secret.issued').find(({ data }) => data.name === name);
  const value = secret?.data.handle[field];
  if (value === undefined) throw new Error(`The evidence has no ${field} of the secret ${name}.`);
  return value;
}
