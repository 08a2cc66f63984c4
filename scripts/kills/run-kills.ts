import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../sample/synthesize.ts';
import { serve, type Served } from './served.ts';
import { boundaryOf, clientOf, clock, evidenceOf, phaseOf, type Client } from './tasks.ts';

/** Tasks that are submitted before each kill. */
const TASKS = 3;
/** A kill comes at most this long after the first submission. A task takes some seconds. */
const LONGEST_MS = 9_000;
/** Every fourth process is also killed while it starts, at most this long after its start. */
const LONGEST_START_MS = 3_000;
/** After the last restart, every task must be closed within this time. The reconciler looks once a minute. */
const CLOSED_WITHIN_MS = 180_000;
const PAUSE_MS = 100;

export interface KillReport {
  readonly kills: number;
  readonly killedStarts: number;
  /** Tasks that exist, and how many of them a client had seen closed before a kill. */
  readonly tasks: number;
  readonly closedBefore: number;
  /** Tasks that were open when their process was killed, and were closed afterwards. */
  readonly tornDown: number;
  /** What must not happen, one line each. */
  readonly violations: readonly string[];
}

/** What the clients have learned. */
class Known {
  /** Submitted, and the answer arrived. */
  readonly accepted = new Set<string>();
  readonly submitted = new Set<string>();
  /** The evidence of tasks that a client saw closed. */
  readonly closed = new Map<string, string>();
  readonly openAtKill = new Set<string>();
  readonly violations: string[] = [];
}

/** Kills `taskbound local --state` at random moments while tasks run, and looks after each restart whether something is lost. */
export async function runKills(
  count: number,
  print: (line: string) => void = () => undefined,
): Promise<KillReport> {
  const folder = await mkdtemp(join(tmpdir(), 'taskbound-kills-'));
  try {
    synthesize({ outdir: join(folder, 'cdk.out') });
    return await killed(folder, count, print);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function killed(folder: string, count: number, print: (line: string) => void): Promise<KillReport> {
  const known = new Known();
  const options = [
    '--assembly',
    join(folder, 'cdk.out'),
    '--state',
    join(folder, 'state'),
    '--policy-delay',
    '1',
  ];
  let killedStarts = 0;
  for (let kill = 1; kill <= count; kill += 1) {
    if (kill % 4 === 0) {
      await killAtStart(options);
      killedStarts += 1;
    }
    const served = serve(kill === 1 ? [...options, '--seed', 'sample/seed'] : options);
    const client = await clientOf(await served.environment);
    await checkKept(client, known);
    const afterMs = await workUntilKilled(served, client, { known, kill });
    print(
      `kill ${kill}: after ${afterMs} ms; ${known.closed.size} of ${known.submitted.size} tasks were seen closed`,
    );
  }
  await checkEnd(options, known);
  return {
    kills: count,
    killedStarts,
    tasks: known.closed.size,
    closedBefore: [...known.closed.keys()].filter((taskId) => !known.openAtKill.has(taskId)).length,
    tornDown: [...known.openAtKill].filter((taskId) => known.closed.has(taskId)).length,
    violations: known.violations,
  };
}

async function killAtStart(options: readonly string[]): Promise<void> {
  const served = serve(options);
  await clock.sleep(randomInt(LONGEST_START_MS));
  await served.kill();
}

/** Nothing that a client was told may be gone: no accepted task, and no closed one, whose evidence is the same. */
async function checkKept(client: Client, { accepted, closed, violations }: Known): Promise<void> {
  for (const taskId of accepted)
    if ((await phaseOf(client, taskId)) === undefined) violations.push(`${taskId} was accepted and is gone`);
  for (const [taskId, evidence] of closed) {
    const phase = await phaseOf(client, taskId);
    if (phase !== 'closed') violations.push(`${taskId} was closed and is ${phase ?? 'gone'}`);
    else if ((await evidenceOf(client, taskId)) !== evidence)
      violations.push(`the evidence of ${taskId} changed`);
  }
}

async function workUntilKilled(
  served: Served,
  client: Client,
  { known, kill }: { readonly known: Known; readonly kill: number },
): Promise<number> {
  const afterMs = randomInt(LONGEST_MS);
  let isKilled = false;
  // After the kill, every call fails; before it, a failure is one.
  const attempt = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!isKilled) known.violations.push(`a call failed before the kill: ${String(error)}`);
    }
  };
  const submitting = Array.from({ length: TASKS }, (_, index) =>
    attempt(async () => {
      await clock.sleep((index * afterMs) / TASKS);
      if (isKilled) return;
      const taskId = `kill-${kill}-${index + 1}`;
      known.submitted.add(taskId);
      await client.submit(taskId);
      known.accepted.add(taskId);
    }),
  );
  const watching = attempt(async () => {
    while (!isKilled) {
      await noteClosed(client, known);
      await clock.sleep(PAUSE_MS);
    }
  });
  await clock.sleep(afterMs);
  isKilled = true;
  await served.kill();
  await Promise.all([...submitting, watching]);
  for (const taskId of known.submitted) if (!known.closed.has(taskId)) known.openAtKill.add(taskId);
  return afterMs;
}

async function noteClosed(client: Client, { submitted, closed }: Known): Promise<void> {
  for (const taskId of submitted)
    if (!closed.has(taskId) && (await phaseOf(client, taskId)) === 'closed')
      closed.set(taskId, await evidenceOf(client, taskId));
}

/** After the last kill, every task that exists must be closed. A submission whose answer was lost may have created none. */
async function checkEnd(options: readonly string[], known: Known): Promise<void> {
  const served = serve(options);
  try {
    const client = await clientOf(await served.environment);
    await checkKept(client, known);
    const untilMs = clock.nowMs() + CLOSED_WITHIN_MS;
    const open = async (): Promise<string[]> => {
      await noteClosed(client, known);
      const left: string[] = [];
      for (const taskId of known.submitted)
        if (!known.closed.has(taskId) && (await phaseOf(client, taskId)) !== undefined) left.push(taskId);
      return left;
    };
    let left = await open();
    while (left.length > 0 && clock.nowMs() < untilMs) {
      await clock.sleep(PAUSE_MS);
      left = await open();
    }
    for (const taskId of left)
      known.violations.push(
        `${boundaryOf(taskId)} is ${(await phaseOf(client, taskId)) ?? ''} and was not torn down`,
      );
  } finally {
    const code = await served.stop();
    if (code !== 0) known.violations.push(`taskbound local ended with ${code} after Ctrl-C`);
  }
}
