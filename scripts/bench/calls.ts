import type { HistoryEvent } from '@aws-sdk/client-sfn';
import type { TrailRecord } from 'taskbound-local/trail/trail';
import { sum, table, tally } from './figures.ts';
import type { Bench } from './section.ts';
import { openStack, putObject, shortName, transferOf, type BenchStack, type Request } from './stack.ts';

/** The calls and state transitions of one task. All of them are counts, so they are the same on every machine. */
interface TaskCounts {
  readonly outcome: string | null;
  readonly proof: string | null;
  /** Calls of the functions, the state machine and the task's session, by `service:Action`. */
  readonly calls: Readonly<Record<string, number>>;
  /** The same calls, by caller. */
  readonly callers: Readonly<Record<string, number>>;
  readonly invocations: Readonly<Record<string, number>>;
  /** Calls of the command line, which submits the task and follows it. */
  readonly clientCalls: Readonly<Record<string, number>>;
  readonly statesEntered: number;
  readonly retries: number;
  readonly historyEvents: number;
}

export interface CallFigures {
  readonly succeeded: TaskCounts;
  readonly failed: TaskCounts;
}

export async function measureCalls({ assembly }: Bench): Promise<CallFigures> {
  const bench = await openStack(assembly);
  putObject(bench, 'source', 'present', 'one object');
  const succeeded = await countTask(bench, transferOf('succeeds', 'present'));
  const failed = await countTask(bench, transferOf('fails', 'absent'));
  await bench.aws.close();
  return { succeeded, failed };
}

async function countTask(bench: BenchStack, request: Request): Promise<TaskCounts> {
  const { aws } = bench;
  const from = aws.trail.length;
  const before = invocationsOf(bench);
  const { outcome, proof, boundaryId } = await bench.run(request);
  const records = aws.trail.slice(from);
  const client = records.filter((record) => isClient(bench, record));
  const own = records.filter((record) => !client.includes(record));
  const execution = aws.states.executions().find(({ name }) => boundaryId.endsWith(`.${name}`));
  return {
    outcome,
    proof,
    calls: tally(own.map(actionOf)),
    callers: tally(own.map((record) => callerOf(bench, record))),
    invocations: increase(before, invocationsOf(bench)),
    clientCalls: tally(client.map(actionOf)),
    ...transitionsOf(execution?.events ?? []),
  };
}

const actionOf = ({ eventSource, eventName }: TrailRecord): string =>
  `${eventSource.split('.')[0]}:${eventName}`;

/** The name of the caller's role; undefined if the caller is not a session of a role. */
const roleOf = ({ userIdentity }: TrailRecord): string | undefined =>
  /:assumed-role\/([^/]+)\//.exec(String(userIdentity['arn']))?.[1];

function isClient({ connection }: BenchStack, record: TrailRecord): boolean {
  const role = roleOf(record);
  return role === undefined || connection.manifest.roles.some(({ arn }) => arn.endsWith(`/${role}`));
}

function callerOf(bench: BenchStack, record: TrailRecord): string {
  const role = roleOf(record) ?? '';
  const fn = bench.functions().find(({ spec }) => spec.roleArn.endsWith(`/${role}`));
  if (fn !== undefined) return shortName(fn);
  return /Workflow/.test(role) ? 'state machine' : "the task's session";
}

const invocationsOf = (bench: BenchStack): Record<string, number> =>
  Object.fromEntries(
    bench.functions().map((fn) => {
      const { invocations = 0 } = bench.aws.lambda.host.metrics.get(fn.spec.name) ?? {};
      return [shortName(fn), invocations];
    }),
  );

const increase = (before: Record<string, number>, after: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)]));

/** Each entered state and each retry is one state transition: https://aws.amazon.com/step-functions/pricing/ */
function transitionsOf(events: readonly HistoryEvent[]) {
  const count = (type: RegExp): number => events.filter((event) => type.test(event.type ?? '')).length;
  const tasks = count(/^TaskStateEntered$/);
  return {
    statesEntered: count(/StateEntered$/),
    retries: count(/^TaskScheduled$/) - tasks,
    historyEvents: events.length,
  };
}

const comparison = (
  head: string,
  { succeeded, failed }: CallFigures,
  pick: (task: TaskCounts) => Readonly<Record<string, number>>,
): string => {
  const [a, b] = [pick(succeeded), pick(failed)];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return table(
    [head, 'succeeds', 'fails'],
    [...names.map((name) => [name, a[name] ?? 0, b[name] ?? 0]), ['all', sum(a), sum(b)]],
  );
};

export function printCalls(figures: CallFigures): string {
  const { succeeded, failed } = figures;
  const rows = (['statesEntered', 'retries', 'historyEvents'] as const).map((name) => [
    { statesEntered: 'states entered', retries: 'retries', historyEvents: 'history events' }[name],
    succeeded[name],
    failed[name],
  ]);
  const total = ['state transitions', ...[succeeded, failed].map((t) => t.statesEntered + t.retries)];
  return [
    `Results: ${succeeded.outcome} (proof ${succeeded.proof}), ${failed.outcome} (proof ${failed.proof})`,
    comparison('call', figures, ({ calls }) => calls),
    comparison('caller', figures, ({ callers }) => callers),
    comparison('invocations of', figures, ({ invocations }) => invocations),
    table(['execution', 'succeeds', 'fails'], [total, ...rows]),
    comparison('other calls, by the command line', figures, ({ clientCalls }) => clientCalls),
  ].join('\n\n');
}
