import type { ClosedRow, LedgerRow, RowIn } from '../../core/ledger/ledger.ts';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Assembly } from 'taskbound-local/template/assembly';
import { waitUntilIdle, submitAll } from '../run-schedule.ts';
import { World } from './world.ts';

/** The reads of one run of the reconciler, with a ledger of a given size. */
export interface RunReads {
  readonly closed: number;
  readonly open: number;
  readonly due: number;
  /** Calls of the run, by operation. */
  readonly calls: Readonly<Record<string, number>>;
  /** The read capacity that DynamoDB counted for the run. */
  readonly readUnits: number;
}

const MINUTE_MS = 60_000;
/** How many rows are written in parallel. */
const PARALLEL_WRITES = 100;

/** Fills the ledger with closed, open and due rows, and counts what the next scheduled run reads. */
export async function readsOfOneRun(
  assembly: Assembly,
  size: { readonly closed: number; readonly open: number; readonly due: number },
): Promise<RunReads> {
  const schedule = { name: 'due', task: 'transfer' as const, tasks: 1, apart: 0, latency: 1, faults: [] };
  const world = await World.open(assembly, schedule);
  try {
    world.aws.startSchedules();
    await submitAll(world, schedule);
    await waitUntilIdle(world);
    world.aws.stopSchedules();
    await fill(world, size);
    return { ...size, ...(await countRun(world)) };
  } finally {
    world.aws.stopSchedules();
    await world.close();
  }
}

async function fill(world: World, size: { closed: number; open: number; due: number }): Promise<void> {
  const nowMs = world.clock.nowMs();
  const closed = [...world.witness.rows.values()].at(0)?.at(-1)?.what;
  if (closed?.phase !== 'closed') throw new Error('There is no closed row to copy.');
  const { sweptAtMs: _swept, ...unswept } = closed;
  const open = { ...openOf(closed), due: 'due', dueAtMs: nowMs + 10 * MINUTE_MS } as const;
  const rows = [
    ...copies(closed, 'closed', size.closed),
    ...copies(open, 'open', size.open),
    ...copies({ ...unswept, due: 'due', dueAtMs: nowMs }, 'due', size.due),
  ];
  const table = world.manifest.ledgerTable;
  for (let at = 0; at < rows.length; at += PARALLEL_WRITES)
    await Promise.all(
      rows.slice(at, at + PARALLEL_WRITES).map((row) => world.aws.dynamodb.putItem(table, marshall(row))),
    );
}

/** The row as it was while the boundary was open. */
function openOf(closed: ClosedRow): RowIn<'open'> {
  const { revokingAtMs: _a, work: _b, ended: _c, deny: _d, proof: _e, ...row } = closed;
  const { outcome: _f, closedAtMs: _g, archive: _h, announcedAtMs: _i, sweptAtMs: _j, ...open } = row;
  return { ...open, phase: 'open' };
}

const copies = (row: LedgerRow, stem: string, count: number): LedgerRow[] =>
  Array.from({ length: count }, (_, index) => ({
    ...row,
    taskId: `${stem}-${index}`,
    boundaryId: `${row.taskType}.${stem}-${index}`,
  }));

async function countRun(world: World): Promise<Pick<RunReads, 'calls' | 'readUnits'>> {
  const calls: Record<string, number> = {};
  const reads: { readonly operation: string; readonly input: object }[] = [];
  world.aws.observe = ({ service, operation, caller, request }) => {
    if (caller.roleName?.includes('Reconcile') !== true || service === 'lambda') return;
    calls[`${service}:${operation}`] = (calls[`${service}:${operation}`] ?? 0) + 1;
    if (service === 'dynamodb' && operation !== 'PutItem')
      reads.push({ operation, input: JSON.parse(Buffer.from(request.body).toString('utf8')) as object });
  };
  world.aws.startSchedules();
  await world.clock.sleep(MINUTE_MS);
  world.aws.stopSchedules();
  await world.clock.sleep(MINUTE_MS);
  let readUnits = 0;
  for (const { operation, input } of reads) readUnits += await world.aws.dynamodb.readUnits(operation, input);
  return { calls, readUnits };
}
