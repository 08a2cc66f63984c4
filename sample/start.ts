import { mkdir, rm } from 'node:fs/promises';
import { cases } from './start/cases.ts';
import { maintenance } from './start/maintenance.ts';
import { nightly } from './start/nightly.ts';
import { inOut, type Ran } from './start/taskbound.ts';

/**
 * `npm start`: the samples on this machine. A transfer that its schedule submits, a maintenance that two people approve and that waits for its
 * window, and an assistant that obeys the case which it answers; then a look at what is left of each.
 */
function show(title: string, { timeline, checks }: Ran): boolean {
  console.log(`\n== ${title}\n\n${timeline}`);
  for (const [what, holds] of checks) console.log(`${holds ? 'yes' : 'NO '}  ${what}`);
  return checks.every(([, holds]) => holds);
}

await rm(inOut(), { recursive: true, force: true });
await mkdir(inOut(), { recursive: true });
const runs = [
  ['The nightly transfer, submitted by its schedule', nightly],
  ['The maintenance of a database, approved by two people', maintenance],
  ['An assistant whose case orders it about', cases],
] as const;
const ran: (readonly [title: string, ran: Ran])[] = [];
for (const [title, run] of runs) ran.push([title, await run()]);
const good = ran.map(([title, each]) => show(title, each));
console.log(`\n== The evidence\n`);
for (const [title, { reviewed }] of ran) {
  const { verdict, evidenceFile, reportFile } = reviewed;
  console.log(`${title}: ${verdict}\n    bundle  ${evidenceFile}\n    report  ${reportFile}`);
}
process.exitCode = good.every(Boolean) ? 0 : 1;
