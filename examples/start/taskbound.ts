import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../../cli/main.ts';
import { chainFault, evidenceBundle, type EvidenceBundle, type EvidenceEvent } from '../../core/evidence.ts';
import { SystemClock } from '../../local/system-clock.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** Everything that `npm start` writes, relative to the project. */
export const OUT = 'out/start';
export const inOut = (...parts: readonly string[]): string => join(ROOT, OUT, ...parts);

export const clock = new SystemClock();

/** What a look at the result found: a sentence, and whether it is true. */
export type Check = readonly [what: string, holds: boolean];

/** The command line, as `npx taskbound` runs it; its standard output is kept. */
export async function taskbound(...argv: string[]): Promise<{ code: number; output: string }> {
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
    untilInterrupted: async () => undefined,
  });
  return { code, output };
}

export interface Ran {
  readonly bundle: EvidenceBundle;
  readonly timeline: string;
  /** What holds for every task that succeeded. */
  readonly checks: readonly Check[];
}

/** Runs one task to its end and reads its evidence. */
export async function runTask(...argv: string[]): Promise<Ran> {
  const { code, output } = await taskbound('run', ...argv, '--local', '--out', OUT, '--json');
  const report: { readonly phase?: string; readonly evidenceFile?: string | null } = JSON.parse(output);
  if (typeof report.evidenceFile !== 'string') throw new Error(`The task left no evidence: ${output}`);
  const bundle = evidenceBundle.parse(JSON.parse(await readFile(report.evidenceFile, 'utf8')));
  const { output: timeline } = await taskbound('show', report.evidenceFile);
  return {
    bundle,
    timeline,
    checks: [
      ['the task succeeded', code === 0],
      ['its boundary is closed', report.phase === 'closed'],
      [
        "the task's credential was used afterwards, and refused",
        dataOf(bundle, 'revocation.proven')?.['proof'] === 'refused',
      ],
      ['the evidence is one unbroken chain', chainFault(bundle.boundaryId, bundle.events) === undefined],
    ],
  };
}

/** The data of the first event of a type; of a secret's, by the secret's name. */
export const dataOf = (
  { events }: EvidenceBundle,
  type: EvidenceEvent['type'],
  name?: string,
): EvidenceEvent['data'] | undefined =>
  events.find((event) => event.type === type && (name === undefined || event.data['name'] === name))?.data;

/** One field of a secret's handle, as the evidence has it. */
export function handleOf(bundle: EvidenceBundle, name: string, field: string): string {
  const handle = dataOf(bundle, 'secret.issued', name)?.['handle'];
  const value =
    typeof handle === 'object' && handle !== null && !Array.isArray(handle) ? handle[field] : undefined;
  if (typeof value !== 'string') throw new Error(`The evidence has no ${field} of the secret ${name}.`);
  return value;
}
