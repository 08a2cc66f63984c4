import { readAssembly } from 'taskbound-local/template/assembly';
import { readsOfOneRun, type RunReads } from '../../simulation/world/due-load.ts';
import { silenceLogs } from '../../simulation/world/silence-logs.ts';
import { sum, table } from './figures.ts';
import type { Bench } from './section.ts';

const OPEN = 200;
const SIZES = [
  { closed: 10_000, open: OPEN, due: 0 },
  { closed: 100_000, open: OPEN, due: 0 },
  { closed: 10_000, open: OPEN, due: 20 },
  { closed: 100_000, open: OPEN, due: 20 },
] as const;

/** Counts what one scheduled run of the reconciler reads from ledgers of different sizes. */
export async function measureDue({ assembly }: Bench): Promise<readonly RunReads[]> {
  silenceLogs();
  const read = await readAssembly(assembly);
  const figures: RunReads[] = [];
  for (const size of SIZES) figures.push(await readsOfOneRun(read, size));
  return figures;
}

export const printDue = (figures: readonly RunReads[]): string =>
  table(
    ['closed', 'open', 'due', 'calls per run', 'of which Query', 'GetItem', 'read units'],
    figures.map(({ closed, open, due, calls, readUnits }) => [
      closed,
      open,
      due,
      sum(calls),
      calls['dynamodb:Query'] ?? 0,
      calls['dynamodb:GetItem'] ?? 0,
      readUnits,
    ]),
  );
