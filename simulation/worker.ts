import { readAssembly } from 'taskbound-local/template/assembly';
import type { Finding } from './schedules/finding.ts';
import { makePlan, type PlanOptions } from './schedules/plan.ts';
import { runSchedule, warmUp } from './run-schedule.ts';
import { shrink } from './schedules/shrink.ts';
import { silenceLogs } from './world/silence-logs.ts';
import type { Violation } from './judges/violation.ts';

/** The arguments of a worker, as JSON. */
export type WorkerOrders = Omit<PlanOptions, 'only'> & { readonly assembly: string; readonly only?: string };

/** The result of one schedule, as it is sent to the main process. */
export interface Report {
  readonly index: number;
  readonly digest: string;
  readonly submitted: number;
  readonly closed: number;
  readonly maxSecondsToClosed: number;
  readonly maxSecondsToDenied: number;
  readonly violations: readonly Violation[];
}

export type Order =
  { readonly run: readonly number[] } | { readonly shrink: number; readonly invariant: number };
export type Answer =
  | { readonly ready: { readonly singles: number; readonly size: number } }
  | { readonly reports: readonly Report[] }
  | { readonly finding: Finding };

async function work(): Promise<void> {
  silenceLogs();
  const orders = JSON.parse(process.argv[2] ?? '') as WorkerOrders;
  const { only, every = 1, seed, schedules, sites } = orders;
  const assembly = await readAssembly(orders.assembly);
  const plan = makePlan({
    ...{ seed, schedules, sites, every },
    ...(only !== undefined && { only: new RegExp(only) }),
  });
  await warmUp(assembly);
  const answer = (message: Answer): void => void process.send?.(message);
  process.on('message', (order: Order) => {
    const done =
      'run' in order
        ? reportsOf(order.run).then((reports) => answer({ reports }))
        : shrink(assembly, plan.at(order.shrink), order.invariant).then((finding) => answer({ finding }));
    done.catch((error: unknown) => {
      process.stderr.write(`simulate: ${error instanceof Error ? error.stack : String(error)}\n`);
      process.exit(2);
    });
  });
  answer({ ready: { singles: plan.singles, size: plan.size } });

  async function reportsOf(indexes: readonly number[]): Promise<Report[]> {
    const reports: Report[] = [];
    for (const index of indexes) {
      const { schedule: _schedule, trace: _trace, ...shown } = await runSchedule(assembly, plan.at(index));
      reports.push({ index, ...shown });
    }
    return reports;
  }
}

if (process.send !== undefined) await work();
