import { SSMClient } from '@aws-sdk/client-ssm';
import { readManifest } from '../../../client/stack/read-manifest.ts';
import { readTaskType } from '../../../client/stack/task-type.ts';
import { followToEnd } from '../../../cli/run/run-task.ts';
import { Temporal } from 'temporal-polyfill';
import { drainStack, type DrainOptions } from '../../../cli/drain/drain.ts';
import { stackKey } from '../../../cli/connection/stack-key.ts';
import { personConfig } from '../../../cli/connection/person-config.ts';
import { findTasks } from '../../../cli/find/find-tasks.ts';
import { parseFindQuery } from '../../../cli/find/find-query.ts';
import { StackRecords } from '../../../client/stack/stack-records.ts';
import { makeBundle } from 'taskbound-evidence/chain/bundle';
import { verifyBundle } from 'taskbound-evidence/signature/verify';
import type { Deployed } from '../deployed.ts';
import { whenEntering } from '../evidence/meddle.ts';
import { runSchedulesFor } from '../teardown/signals.ts';
import { FORBIDDEN, ownersRecords, refuse, slowWork, summary, transfer, type Scenario } from './scenario.ts';

/** The work of operators and schedules. */

/** Drains the stack as `Operators` and ends a running task, reads the stack, and accepts tasks again. */
async function drainAndResume(stack: Deployed): Promise<string> {
  const command = (options: DrainOptions) => drainStack(stack.connection, options, stack.io);
  slowWork(stack);
  let draining: Promise<number> = Promise.resolve(-1);
  whenEntering(stack, 'RunWork', () => {
    draining = command({ end: true });
    draining.catch(() => undefined); // Awaited below.
  });
  const ran = await stack.run(transfer());
  stack.aws.startSchedules();
  const code = await draining.finally(() => stack.aws.stopSchedules());
  stack.aws.intercept = undefined;
  const seen = await readAsOperator(stack, ran.row.boundaryId);
  const refused = await stack.run(transfer()).catch((error: Error) => error.name);
  const resumed = await command({ resume: true });
  const again = summary(await stack.run(transfer()));
  return `${summary(ran)}; drained ${code}; ${seen}; ${String(refused)}; resumed ${resumed}; ${again}`;
}

async function readAsOperator(stack: Deployed, boundaryId: string): Promise<string> {
  const config = await personConfig(stack.connection, stack.io, { kind: 'drain' });
  const records = new StackRecords(config, stack.connection.manifest);
  const listed = await records.recent(1, stack.aws.clock.nowMs());
  const { events, signed } = await records.evidence(boundaryId);
  const bundle = makeBundle(boundaryId, events, signed);
  const key = await stackKey(config, stack.connection.manifest);
  const { verdict } = verifyBundle(bundle, key);
  const question = parseFindQuery({ requester: 'ann' });
  const { tasks: findings } = await findTasks(
    question,
    { records, stack: stack.connection.stackName, key },
    9,
  );
  const [row] = listed;
  await readManifest(config, stack.connection.stackName);
  if (row === undefined) return 'listed nothing';
  const { connection, io } = stack;
  const report = await followToEnd(connection, row, { config, records, out: undefined, io });
  const { type } = await readTaskType(row.taskType, connection.stackName, new SSMClient({ ...config }));
  return `listed; ${verdict}; found ${findings.length > 0}; ${type} followed ${report.phase}`;
}

/**
 * The schedule submits a task. On the next days its call is refused, and then the called function fails: both runs are recorded as missed.
 */
async function scheduledRuns(stack: Deployed): Promise<string> {
  const due = await untilDue(stack);
  stack.put('source', `exports/${due.toPlainDate().toString()}.csv`, Buffer.from('small'));
  await runSchedulesFor(stack, 6);
  const rows = await ownersRecords(stack).recent(1, stack.aws.clock.nowMs());
  const row = rows.find((one) => one.scheduled?.forMs === due.epochMilliseconds);
  const seen = [letters(stack)];
  // The first attempt must start the execution. Otherwise reconcile could start it, and a later attempt would find it started.
  const attempts = attemptsToSubmit(stack);
  for (const [operation, caller] of [
    ['Invoke', /Nightly/],
    ['GetParameter', /SubmitScheduled/],
  ] as const) {
    await untilDue(stack);
    const end = refuse(stack, operation, caller, FORBIDDEN);
    await runSchedulesFor(stack, 6);
    end();
    seen.push(letters(stack));
  }
  return `${row?.outcome} ${row?.phase} ${row?.proof?.kind}; attempts ${attempts}; letters ${seen.join(' ')}`;
}

/** Moves the clock to half a minute before the sample's schedule is due, in the time zone of Berlin. */
async function untilDue({ aws: { clock } }: Deployed): Promise<Temporal.ZonedDateTime> {
  const now = Temporal.Instant.fromEpochMilliseconds(clock.nowMs()).toZonedDateTimeISO('Europe/Berlin');
  const today = now.withPlainTime('04:00');
  const isSoon = Temporal.ZonedDateTime.compare(now.add({ minutes: 1 }), today) < 0;
  const due = isSoon ? today : today.add({ days: 1 });
  await clock.sleep(due.epochMilliseconds - 30_000 - clock.nowMs());
  return due;
}

const letters = (stack: Deployed): number =>
  stack.aws.queues
    .all()
    .flatMap(({ name, messages }) => (name.includes('ScheduledRunsMissed') ? messages : [])).length;

const attemptsToSubmit = (stack: Deployed): number | undefined =>
  [...stack.aws.lambda.host.metrics].find(([name]) => name.includes('SubmitScheduled'))?.[1].invocations;

export const OPERATING: readonly Scenario[] = [
  {
    run: drainAndResume,
    shows:
      'failed closed refused ExecutionEnded; drained 0; listed; verified; found true; object-transfer followed closed; StackDraining; resumed 0; succeeded closed refused',
  },
  { run: scheduledRuns, shows: 'succeeded closed refused; attempts 1; letters 0 1 2' },
];
