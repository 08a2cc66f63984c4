import type { Assembly } from 'taskbound-local/template/assembly';
import { Adversary } from './judges/adversary.ts';
import { IssueWatch } from './judges/issue-watch.ts';
import { isIdle, judge, CLOSED_WITHIN_MS, SWEPT_WITHIN_MS, type Judged } from './judges/judge.ts';
import { endsFromMs } from './judges/judge-people.ts';
import { KINDS, LEASE_MS } from './schedules/kinds.ts';
import { LagWatch } from './judges/lag-watch.ts';
import { LoginWatch } from './judges/login-watch.ts';
import { Monitor } from './judges/monitor.ts';
import type { Schedule } from './schedules/schedule.ts';
import type { Violation } from './judges/violation.ts';
import { World } from './world/world.ts';

/** The result of one run of a schedule. */
export interface Outcome {
  readonly schedule: Schedule;
  readonly violations: readonly Violation[];
  readonly submitted: number;
  readonly closed: number;
  readonly maxSecondsToClosed: number;
  readonly maxSecondsToDenied: number;
  /** SHA-256 over the trace. */
  readonly digest: string;
  readonly trace: readonly string[];
}

const POLL_MS = 10_000;
/** With a late status-change event or a redrive, a run continues at least this long, because these must do no harm. */
const LATE_MS = 3_660_000;

export interface RunHooks {
  /** Called with the world before the run starts. */
  readonly opened?: (world: World) => void;
}

/** Runs one schedule in a new world until its tasks are finished or exceed the time limits, and judges the run. */
export async function runSchedule(
  assembly: Assembly,
  schedule: Schedule,
  hooks: RunHooks = {},
): Promise<Outcome> {
  const world = await World.open(assembly, schedule);
  const adversary = new Adversary(world.aws, world.taskRoleName, LEASE_MS);
  const monitor = new Monitor(world, adversary);
  const workDone = watchWork(world);
  const [issues, logins, lags] = [new IssueWatch(world), new LoginWatch(world), new LagWatch(world)];
  world.aws.observe = (call) => {
    world.witness.observe(call);
    monitor.observe(call);
    issues.observe(call);
    logins.observe(call);
    lags.observe(call);
  };
  world.onLoginMade = (boundaryId) => {
    issues.issued(boundaryId, 'a login');
    logins.made(boundaryId);
  };
  hooks.opened?.(world);
  try {
    world.aws.startSchedules();
    const submitted = await submitAll(world, schedule);
    await waitUntilIdle(world);
    logins.end();
    const judged = judge(world, { adversary, monitor, workDone });
    const watched = [monitor, issues, logins, lags].flatMap(({ violations }) => violations);
    return outcomeOf(
      world,
      { ...judged, violations: [...watched, ...judged.violations] },
      monitor,
      submitted,
    );
  } finally {
    world.aws.stopSchedules();
    await world.close();
  }
}

/**
 * Runs schedules whose outcome is ignored. The first time that a process does something, it may have to load code. The virtual clock does
 * not cover this real work, so the first runs of a process may differ from later ones.
 */
export async function warmUp(assembly: Assembly): Promise<void> {
  const plain = { name: 'warm up', task: 'transfer', tasks: 1, apart: 0, latency: 1, faults: [] } as const;
  for (const task of KINDS) await runSchedule(assembly, { ...plain, task, faults: [] });
  await runSchedule(assembly, { ...plain, faults: [{ kind: 'stop', state: 'RunWork' }] });
}

/** Submits the tasks of a schedule. Returns how many were accepted. */
export async function submitAll(world: World, { tasks, apart }: Schedule): Promise<number> {
  const answers = await Promise.all(
    Array.from({ length: tasks }, async (_, index) => {
      if (index > 0) await world.clock.sleep(index * apart * 1000);
      return world.submit(`task-${index + 1}`);
    }),
  );
  return answers.filter(Boolean).length;
}

/** Resolves when everything is closed and swept, or exceeds the time limits for that. */
export async function waitUntilIdle(world: World): Promise<void> {
  const { clock, injector, schedule } = world;
  const startMs = clock.nowMs();
  const hasLateEvent = schedule.faults.some(
    (fault) => (fault.kind === 'events' && fault.what === 'late') || fault.kind === 'redrive',
  );
  const leastMs = startMs + (hasLateEvent ? LATE_MS : 0);
  for (;;) {
    await clock.sleep(POLL_MS);
    const nowMs = clock.nowMs();
    if (nowMs >= Math.max(leastMs, injector.lastMs) && isIdle(world) && !mayStillBeDelivered(world)) break;
    const lastMs = Math.max(startMs, injector.lastMs, lastDeadlineMs(world), ...lastEndsMs(world));
    const longestMs = lastMs + CLOSED_WITHIN_MS + SWEPT_WITHIN_MS;
    if (nowMs > Math.max(leastMs, longestMs) && !mayStillBeDelivered(world)) break;
  }
  await clock.sleep(SETTLE_MS);
}

/** A run continues this long after everything is closed, because a function that is still running must do no harm either. */
const SETTLE_MS = 60_000;

const lastDeadlineMs = (world: World): number =>
  Math.max(
    0,
    ...[...world.witness.rows.values()].flatMap(
      (rows) => rows.at(-1)?.what.leases.map(({ deadlineMs }) => deadlineMs) ?? [],
    ),
  );

/** For each task, the time from which it should end. */
const lastEndsMs = (world: World): readonly number[] =>
  [...world.witness.rows.values()].flatMap((rows) =>
    rows.slice(-1).map(({ what }) => endsFromMs(what, rows[0]?.atMs ?? 0)),
  );

/** How long the Scheduler and Lambda may retry the delivery of a scheduled run. The simulation must wait for the last delivery. */
const DELIVERED_WITHIN_MS = 3_600_000;
const mayStillBeDelivered = ({ schedule, witness, clock, injector, kind }: World): boolean =>
  schedule.task === 'scheduled' &&
  witness.rows.size === 0 &&
  clock.nowMs() < Math.max(kind.startMs, injector.lastMs) + DELIVERED_WITHIN_MS;

/** The boundaries whose work function returned that it is done. */
function watchWork(world: World): ReadonlySet<string> {
  const done = new Set<string>();
  world.onWorkDone = (boundaryId) => void done.add(boundaryId);
  return done;
}

function outcomeOf(world: World, judged: Judged, monitor: Monitor, submitted: number): Outcome {
  const { schedule, witness } = world;
  const unknown = submitted - world.boundaryIds.filter((boundaryId) => witness.rows.has(boundaryId)).length;
  const violations = [...judged.violations];
  if (unknown > 0) violations.push({ invariant: 0, message: `${unknown} accepted tasks have no row` });
  return {
    schedule,
    violations,
    submitted,
    closed: judged.closed,
    maxSecondsToClosed: judged.maxSecondsToClosed,
    maxSecondsToDenied: monitor.maxSecondsToDenied,
    digest: witness.digest(),
    trace: witness.trace,
  };
}
