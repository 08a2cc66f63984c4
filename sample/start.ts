import { mkdir, rm } from 'node:fs/promises';
import { enableCompileCache } from 'node:module';
import { runCases } from './start/cases.ts';
import { runMaintenance } from './start/maintenance.ts';
import { runNightly } from './start/nightly.ts';
import { ASSEMBLY, outPath, type SampleRun } from './start/taskbound.ts';
import { synthesizeSample } from './synthesize-sample.ts';

/**
 * `npm start`: runs three sample tasks on this machine: a transfer that its schedule submits; maintenance that two people approve and that
 * waits for its window; and an assistant that follows instructions in the case that it answers. Then it prints the checks of each task, and
 * where its evidence is. The stack is synthesized once. Each run loads that assembly into a new embedded AWS.
 */
function printRun(title: string, { timeline, checks }: SampleRun): boolean {
  console.log(`\n== ${title}\n\n${timeline}`);
  for (const [what, holds] of checks) console.log(`${holds ? 'yes' : 'NO '}  ${what}`);
  return checks.every(([, holds]) => holds);
}

const SAMPLES = [
  ['The nightly transfer, submitted by its schedule', runNightly],
  ['The maintenance of a database, approved by two people', runMaintenance],
  ['An assistant that follows instructions in its case', runCases],
] as const;

// Modules that are imported from here on load faster in later runs.
enableCompileCache();
await rm(outPath(), { recursive: true, force: true });
await mkdir(outPath(), { recursive: true });
await synthesizeSample(outPath(ASSEMBLY));
const runs: (readonly [title: string, run: SampleRun])[] = [];
for (const [title, runSample] of SAMPLES) runs.push([title, await runSample()]);
const passed = runs.map(([title, run]) => printRun(title, run));
console.log(`\n== The evidence\n`);
for (const [title, { reviewed }] of runs) {
  const { verdict, evidenceFile, reportFile } = reviewed;
  console.log(`${title}: ${verdict}\n    bundle  ${evidenceFile}\n    report  ${reportFile}`);
}
process.exitCode = passed.every(Boolean) ? 0 : 1;
