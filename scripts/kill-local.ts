import { runKills } from './kills/run-kills.ts';

/**
 * `node scripts/kill-local.ts [KILLS]`: kills `taskbound local --state` KILLS times (20 by default) at random moments while tasks run. No closed
 * task may be lost, and no open one may stay open after the restart. The last line has the counts. Exits with 1 if one of them was.
 */
const KILLS = 20;
const count = Number(process.argv[2] ?? KILLS);
if (!Number.isInteger(count) || count < 1)
  throw new Error(`${process.argv[2] ?? ''} was given; allowed: a number of kills from 1.`);
const report = await runKills(count, (line) => process.stdout.write(`${line}\n`));
for (const violation of report.violations) process.stdout.write(`VIOLATION ${violation}\n`);
const { kills, killedStarts, tasks, closedBefore, tornDown, violations } = report;
process.stdout.write(
  `${kills} kills while tasks ran and ${killedStarts} at a start: ${tasks} tasks closed (${closedBefore} before a kill, ${tornDown} after a restart), ${violations.length} violations\n`,
);
process.exitCode = violations.length === 0 ? 0 : 1;
