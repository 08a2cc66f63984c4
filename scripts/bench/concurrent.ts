import { functionUrl } from '../../client/calls/function-url.ts';
import { personConfig } from '../../cli/connection/person-config.ts';
import { StackRecords } from '../../client/stack/stack-records.ts';
import { submitRequest } from '../../client/calls/submit-request.ts';
import { chainFault } from 'taskbound-evidence/chain/evidence';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { percentile, sum, table, tally } from './figures.ts';
import type { Bench } from './section.ts';
import { openStack, putObject, shortName, transferOf, type BenchStack } from './stack.ts';

const MIB = 1024 * 1024;

/** Virtual seconds from the end of the work to the proof. Waiting takes virtual time; computing takes none. */
interface ProofDelay {
  readonly tasks: number;
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export interface ConcurrentFigures {
  readonly tasks: number;
  readonly seconds: number;
  readonly tasksPerSecond: number;
  readonly virtualSeconds: number;
  readonly residentMibBefore: number;
  readonly residentMibMost: number;
  readonly rows: Readonly<Record<string, number>>;
  readonly executions: number;
  readonly workInvocations: number;
  readonly objectsMoved: number;
  readonly chainFaults: number;
  readonly denyErrors: Readonly<Record<string, number>>;
  readonly denyEffective: ProofDelay;
  readonly denyNotEffective: ProofDelay;
  readonly invocations: Readonly<Record<string, number>>;
  readonly coldStarts: number;
  readonly calls: number;
}

export async function measureConcurrent({ assembly, tasks }: Bench): Promise<ConcurrentFigures> {
  const bench = await openStack(assembly);
  const ids = Array.from({ length: tasks }, (_, index) => `task-${index + 1}`);
  for (const id of ids) putObject(bench, 'source', id, `content of ${id}`);
  const callsBefore = bench.aws.trail.length;
  const residentMibBefore = residentMib();
  const run = await runAtOnce(bench, ids);
  const calls = bench.aws.trail.length - callsBefore;
  const figures = { tasks, ...run, residentMibBefore, calls, ...(await check(bench, ids)) };
  await bench.aws.close();
  return figures;
}

const residentMib = (): number => process.memoryUsage.rss() / MIB;

/** Submits all at once and waits until every execution has ended. */
async function runAtOnce(bench: BenchStack, ids: readonly string[]) {
  const { aws } = bench;
  const ended = Promise.withResolvers<void>();
  let open = ids.length;
  let residentMibMost = residentMib();
  aws.states.onStatusChange(() => {
    residentMibMost = Math.max(residentMibMost, residentMib());
    if (--open === 0) ended.resolve();
  });
  const startedMs = performance.now();
  const virtualStartedMs = aws.clock.nowMs();
  await submitAll(bench, ids);
  await ended.promise;
  const seconds = (performance.now() - startedMs) / 1000;
  return {
    seconds,
    tasksPerSecond: ids.length / seconds,
    virtualSeconds: (aws.clock.nowMs() - virtualStartedMs) / 1000,
    residentMibMost,
  };
}

async function submitAll({ connection, io }: BenchStack, ids: readonly string[]): Promise<void> {
  const at = functionUrl(
    'submit',
    connection,
    await personConfig(connection, io, { kind: 'submit', type: 'object-transfer' }),
  );
  const tasks = await Promise.all(ids.map((id) => submitRequest(at, transferOf(id, id))));
  const notNew = tasks.filter(({ created }) => !created);
  if (notNew.length > 0) throw new Error(`${notNew.length} tasks already existed.`);
}

/** The state of every task in the ledger, the evidence and the buckets. */
async function check(bench: BenchStack, ids: readonly string[]) {
  const { aws, connection } = bench;
  const records = new StackRecords(connection.config, connection.manifest);
  const rows: LedgerRow[] = [];
  let chainFaults = 0;
  for (const id of ids.map((taskId) => `object-transfer.${taskId}`)) {
    const row = await records.row(id);
    if (row !== undefined) rows.push(row);
    if (chainFault(id, await records.events(id)) !== undefined) chainFaults += 1;
  }
  const metrics = bench
    .functions()
    .map((fn) => [shortName(fn), aws.lambda.host.metrics.get(fn.spec.name)] as const);
  const invocations = Object.fromEntries(metrics.map(([name, found]) => [name, found?.invocations ?? 0]));
  return {
    rows: tally(rows.map((row) => `${row.outcome} ${row.phase} ${row.proof?.kind ?? 'unproven'}`)),
    executions: aws.states.executions().length,
    workInvocations: invocations['ObjectTransferWork'] ?? 0,
    objectsMoved: ids.filter((id) => isCopied(bench, id)).length,
    chainFaults,
    denyErrors: tally(rows.flatMap(({ deny }) => deny?.error?.split(':')[0] ?? [])),
    denyEffective: delayOf(rows.filter(({ deny }) => deny?.effective === true)),
    denyNotEffective: delayOf(rows.filter(({ deny }) => deny?.effective !== true)),
    invocations,
    coldStarts: metrics.reduce((total, [, found]) => total + (found?.coldStarts ?? 0), 0),
  };
}

const isCopied = ({ aws, stack }: BenchStack, id: string): boolean =>
  aws.s3.store
    .bucket(stack.outputs['destination'] ?? '')
    ?.objects.get(id)
    ?.body.toString() === `content of ${id}`;

function delayOf(rows: readonly LedgerRow[]): ProofDelay {
  const seconds = rows.flatMap(({ work, proof }) =>
    work && proof ? [(proof.provenAtMs - work.endedAtMs) / 1000] : [],
  );
  return {
    tasks: rows.length,
    p50: percentile(seconds, 0.5),
    p99: percentile(seconds, 0.99),
    most: percentile(seconds, 1),
  };
}

const delayRow = (name: string, { tasks, p50, p99, most }: ProofDelay) => [
  name,
  tasks,
  ...[p50, p99, most].map((seconds) => (tasks === 0 ? '0' : seconds.toFixed(1))),
];

export function printConcurrent(figures: ConcurrentFigures): string {
  const results = Object.entries(figures.rows).map(([result, count]) => `${count} ${result}`);
  const errors = Object.entries(figures.denyErrors).map(([error, count]) => `${count} ${error}`);
  const { tasks, seconds, invocations } = figures;
  return [
    table(
      ['what', 'figure'],
      [
        ['tasks submitted at once', tasks],
        ['results (outcome, phase, proof)', results.join(', ')],
        ['executions', figures.executions],
        ['invocations of the work function', figures.workInvocations],
        ['objects moved, byte for byte', figures.objectsMoved],
        ['evidence chains with a fault', figures.chainFaults],
        ['denies that were not effective', errors.join(', ') || '0'],
        ['Lambda invocations', sum(invocations)],
        ['of which ProveRevoked', invocations['ProveRevoked'] ?? 0],
        ['cold starts', figures.coldStarts],
        ['AWS calls', figures.calls],
        ['real seconds', seconds.toFixed(1)],
        ['tasks per real second', figures.tasksPerSecond.toFixed(1)],
        ['virtual seconds', figures.virtualSeconds.toFixed(1)],
        ['resident MiB before', figures.residentMibBefore.toFixed(0)],
        ['resident MiB, maximum', figures.residentMibMost.toFixed(0)],
      ],
    ),
    table(
      ["virtual seconds, work's end to proof", 'tasks', 'p50', 'p99', 'max'],
      [
        delayRow('deny effective', figures.denyEffective),
        delayRow('deny not effective', figures.denyNotEffective),
      ],
    ),
  ].join('\n\n');
}
