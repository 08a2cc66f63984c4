import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main } from '../cli/main.ts';
import { fillParameters } from '../core/schedule-parameters.ts';
import { SystemClock } from '../local/system-clock.ts';

/**
 * The sample's schedule on this machine: the clock skips to the next 04:00 in Berlin. The seed of the repository has fixed dates, so the
 * export of that night is written first: today's, and tomorrow's in case 04:00 has passed.
 */
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SEED = join(ROOT, 'out/nightly/seed');
const DAY_MS = 86_400_000;

const clock = new SystemClock();
const exported = join(SEED, 's3/source/exports');
await mkdir(exported, { recursive: true });
for (const atMs of [clock.nowMs(), clock.nowMs() + DAY_MS]) {
  const { file } = fillParameters({ file: '{date:yyyy-MM-dd}.csv' }, atMs, 'Europe/Berlin');
  await writeFile(join(exported, String(file)), `order,amount\n1,${String(file).slice(8, 10)}\n`);
}

const argv = [
  'run',
  '--schedule',
  'Nightly',
  '--local',
  '--seed',
  SEED,
  '--dump',
  'out/nightly/dump',
  '--out',
  'out/nightly',
];
console.error(
  '$ npx taskbound run --schedule Nightly --local --seed out/nightly/seed --dump out/nightly/dump --out out/nightly',
);
process.exitCode = await main(argv, {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  env: {},
  cwd: ROOT,
  userName: userInfo().username,
  clock,
  ask: async () => undefined,
  untilInterrupted: async () => undefined,
});
