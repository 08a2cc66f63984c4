import { readAssembly } from 'taskbound-local/template/assembly';
import { isAtLeast } from '../../core/ledger/phase.ts';
import { waitUntilIdle, submitAll, warmUp } from '../../simulation/run-schedule.ts';
import { silenceLogs } from '../../simulation/world/silence-logs.ts';
import { World } from '../../simulation/world/world.ts';
import { percentile, table } from './figures.ts';
import type { Bench } from './section.ts';

const TASKS = 1000;
/**
 * Seconds between two submissions, within and beyond the quota for inline policies of a role. A deny exists for about four minutes: until
 * its lease has ended and a run of the reconciler has removed it. `within` gives at most 40 live denies, for which there is enough space.
 */
const APART_SECONDS = { within: 6.5, beyond: 1 } as const;

export interface ProvenFigures {
  readonly tasks: number;
  readonly apartSeconds: number;
  readonly mostLiveDenies: number;
  readonly deniesNotEffective: number;
  readonly p50Seconds: number;
  readonly p99Seconds: number;
  readonly mostSeconds: number;
}

/** Measures virtual seconds from the end of the work to the proof, for many tasks of one type. They are the same on every machine. */
export async function measureProven({ assembly }: Bench): Promise<readonly ProvenFigures[]> {
  silenceLogs();
  await warmUp(await readAssembly(assembly));
  return [await measure(assembly, APART_SECONDS.within), await measure(assembly, APART_SECONDS.beyond)];
}

async function measure(assembly: string, apartSeconds: number): Promise<ProvenFigures> {
  const schedule = {
    name: 'proven',
    task: 'transfer' as const,
    tasks: TASKS,
    apart: apartSeconds,
    latency: 1,
    faults: [],
  };
  const world = await World.open(await readAssembly(assembly), schedule);
  world.aws.startSchedules();
  await submitAll(world, schedule);
  await waitUntilIdle(world);
  world.aws.stopSchedules();
  await world.close();
  const seconds = secondsToProven(world);
  if (seconds.length !== TASKS) throw new Error(`${seconds.length} of ${TASKS} tasks were proven.`);
  const last = [...world.witness.rows.values()].map((rows) => rows.at(-1)?.what);
  return {
    tasks: TASKS,
    apartSeconds,
    mostLiveDenies: mostLiveDenies(world),
    deniesNotEffective: last.filter((row) => row?.deny?.effective === false).length,
    p50Seconds: percentile(seconds, 0.5),
    p99Seconds: percentile(seconds, 0.99),
    mostSeconds: Math.max(...seconds),
  };
}

function secondsToProven({ witness }: World): number[] {
  return [...witness.rows].flatMap(([boundaryId, rows]) => {
    const ended = rows.find(({ what }) => isAtLeast(what.phase, 'revoking'));
    const proven = witness.events.get(boundaryId)?.find(({ what }) => what.type === 'revocation.proven');
    return ended && proven ? [(proven.atMs - ended.atMs) / 1000] : [];
  });
}

function mostLiveDenies({ witness }: World): number {
  const changes = [
    ...witness.denies.map(({ atMs }) => [atMs, 1] as const),
    ...witness.removedDenies.map(({ atMs }) => [atMs, -1] as const),
  ].sort(([one], [other]) => one - other);
  let live = 0;
  return changes.reduce((max, [, change]) => Math.max(max, (live += change)), 0);
}

export const printProven = (figures: readonly ProvenFigures[]): string =>
  table(
    ['tasks', 'seconds apart', 'max live denies', 'denies not effective', 'p50 s', 'p99 s', 'max s'],
    figures.map((each) => [
      each.tasks,
      each.apartSeconds,
      each.mostLiveDenies,
      each.deniesNotEffective,
      each.p50Seconds.toFixed(1),
      each.p99Seconds.toFixed(1),
      each.mostSeconds.toFixed(1),
    ]),
  );
