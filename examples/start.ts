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
const good = [
  show('The nightly transfer, submitted by its schedule', await nightly()),
  show('The maintenance of a database, approved by two people', await maintenance()),
  show('An assistant whose case orders it about', await cases()),
];
process.exitCode = good.every(Boolean) ? 0 : 1;
