import { fork, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { readAssembly } from 'taskbound-local/template/assembly';
import type { Finding } from './schedules/finding.ts';
import { warmUp } from './run-schedule.ts';
import { findSites } from './faults/sites.ts';
import type { Answer, Order, Report, WorkerOrders } from './worker.ts';

export interface SimulationOptions extends Omit<WorkerOrders, 'sites'> {
  /** Whether to start no more schedules after the first violation. */
  readonly first: boolean;
  readonly progress: (done: number, size: number, violations: number) => void;
}

/** The output of `npm run simulate -- --json`. */
export interface Simulation {
  readonly seed: number;
  readonly schedules: number;
  readonly singleFaults: number;
  /** How many boundaries were closed in all schedules. */
  readonly closed: number;
  /** SHA-256 over the digests of all runs in order. */
  readonly traceDigest: string;
  /** One for each violated invariant: the smallest schedule that violates it. */
  readonly violations: readonly {
    readonly invariant: number;
    readonly message: string;
    readonly schedule: Finding['schedule'];
    readonly trace: readonly string[];
  }[];
  /** How many runs violated an invariant. */
  readonly brokenRuns: number;
  readonly maxSecondsToClosed: number;
  readonly maxSecondsToDenied: number;
}

/** How many schedules a worker gets at a time: enough to keep it busy, and few enough that all workers finish at about the same time. */
const BATCH = 8;

/**
 * Runs every schedule of a plan on all cores. The result depends only on the options, not on the distribution
 * of the work.
 */
export async function simulate(options: SimulationOptions): Promise<Simulation> {
  const { first: _first, progress: _progress, ...rest } = options;
  const assembly = await readAssembly(options.assembly);
  await warmUp(assembly);
  const orders = { ...rest, sites: await findSites(assembly) };
  const workers = await Promise.all(
    Array.from({ length: availableParallelism() }, () => Worker.start(orders)),
  );
  try {
    const { singles, size } = workers[0]?.plan ?? { singles: 0, size: 0 };
    const reports = await runAll(workers, size, options);
    const findings = await shrinkEach(workers, reports);
    return simulationOf(options, singles, reports, findings);
  } finally {
    for (const worker of workers) worker.end();
  }
}

async function runAll(
  workers: readonly Worker[],
  size: number,
  options: SimulationOptions,
): Promise<Report[]> {
  const reports: Report[] = [];
  let next = 0;
  let broken = 0;
  await Promise.all(
    workers.map(async (worker) => {
      while (next < size && !(options.first && broken > 0)) {
        const run = Array.from({ length: Math.min(BATCH, size - next) }, (_, offset) => next + offset);
        next += run.length;
        const answer = await worker.ask({ run });
        if (!('reports' in answer)) throw new Error('A worker of the simulation sent an unexpected answer.');
        reports.push(...answer.reports);
        broken += answer.reports.filter(({ violations }) => violations.length > 0).length;
        options.progress(reports.length, size, broken);
      }
    }),
  );
  return reports.sort((one, other) => one.index - other.index);
}

/** For each violated invariant, the first schedule that violates it, made as small as possible. */
async function shrinkEach(workers: readonly Worker[], reports: readonly Report[]): Promise<Finding[]> {
  const firsts = new Map<number, number>();
  for (const { index, violations } of reports)
    for (const { invariant } of violations) if (!firsts.has(invariant)) firsts.set(invariant, index);
  const findings: Finding[] = [];
  for (const [invariant, index] of firsts) {
    const answer = await workers[0]?.ask({ shrink: index, invariant });
    if (answer !== undefined && 'finding' in answer) findings.push(answer.finding);
  }
  return findings;
}

const simulationOf = (
  { seed, schedules }: SimulationOptions,
  singleFaults: number,
  reports: readonly Report[],
  findings: readonly Finding[],
): Simulation => ({
  seed,
  schedules,
  singleFaults,
  closed: reports.reduce((sum, { closed }) => sum + closed, 0),
  traceDigest: createHash('sha256')
    .update(reports.map(({ digest }) => digest).join('\n'))
    .digest('hex'),
  violations: findings.map(({ violation, schedule, trace }) => ({ ...violation, schedule, trace })),
  brokenRuns: reports.filter(({ violations }) => violations.length > 0).length,
  maxSecondsToClosed: Math.max(0, ...reports.map((report) => report.maxSecondsToClosed)),
  maxSecondsToDenied: Math.max(0, ...reports.map((report) => report.maxSecondsToDenied)),
});

/** A process that runs schedules, one batch at a time. */
class Worker {
  readonly plan: { readonly singles: number; readonly size: number };
  readonly #process: ChildProcess;

  static async start(orders: WorkerOrders): Promise<Worker> {
    const process = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), [JSON.stringify(orders)]);
    const answer = await nextAnswer(process);
    if (!('ready' in answer)) throw new Error('A worker of the simulation did not start.');
    return new Worker(process, answer.ready);
  }

  private constructor(process: ChildProcess, plan: Worker['plan']) {
    this.#process = process;
    this.plan = plan;
  }

  ask(order: Order): Promise<Answer> {
    const answer = nextAnswer(this.#process);
    this.#process.send(order);
    return answer;
  }

  end(): void {
    this.#process.kill();
  }
}

function nextAnswer(process: ChildProcess): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null): void =>
      reject(
        new Error(`A worker of the simulation exited with ${String(code)}. Its output contains the reason.`),
      );
    process.once('exit', onExit);
    process.once('message', (answer: Answer) => {
      process.off('exit', onExit);
      resolve(answer);
    });
  });
}
