import { SSMClient } from '@aws-sdk/client-ssm';
import { functionUrl } from '../../../client/calls/function-url.ts';
import { callEnd } from '../../../client/calls/call-end.ts';
import type { Persona } from '../../../cli/connection/persona.ts';
import { StackRecords } from '../../../client/stack/stack-records.ts';
import { followToEnd } from '../../../cli/run/run-task.ts';
import { showSubject } from '../../../cli/decide/show-subject.ts';
import { submitDecision } from '../../../cli/decide/submit-decision.ts';
import { submitRequest } from '../../../client/calls/submit-request.ts';
import { readManifest } from '../../../client/stack/read-manifest.ts';
import { readTaskType } from '../../../client/stack/task-type.ts';
import { reviewIdOf } from 'taskbound-evidence/names/review-id';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { Deployed } from '../deployed.ts';
import { whenEntering } from '../evidence/meddle.ts';
import { runSchedulesFor } from '../teardown/signals.ts';
import { answer, ownersRecords, slowWork, summary, transfer, vacuum, type Scenario } from './scenario.ts';

/** What people do with existing tasks. */

const ANN: Persona = { name: 'ann', role: 'Requesters' };
const BOB: Persona = { name: 'bob', role: 'Approvers' };
const OLGA: Persona = { name: 'olga', role: 'Operators' };

const configOf = (stack: Deployed, as: Persona) => stack.person(as.name, as.role);
const recordsOf = (stack: Deployed, as: Persona) =>
  new StackRecords(configOf(stack, as), stack.connection.manifest);

/** Each role reads the outcome of tasks of all types and the permissions of each type: `show`, `plan`, and `run` for an existing task. */
async function readByEachRole(stack: Deployed): Promise<string> {
  const rows: LedgerRow[] = [];
  for (const request of [transfer(), vacuum(stack), answer()]) rows.push((await stack.run(request)).row);
  const seen = [await readAs(stack, ANN, rows), await readAs(stack, BOB, rows)];
  return seen.join('; ');
}

async function readAs(stack: Deployed, as: Persona, rows: readonly LedgerRow[]): Promise<string> {
  const connection = { ...stack.connection, as };
  const config = configOf(stack, as);
  const records = recordsOf(stack, as);
  await readManifest(config, connection.stackName);
  const ends: string[] = [];
  for (const row of rows) {
    const report = await followToEnd(connection, row, { config, records, out: undefined, io: stack.io });
    const { type } = await readTaskType(row.taskType, connection.stackName, new SSMClient({ ...config }));
    ends.push(`${type} ${summary({ report })}`);
  }
  return `${as.role}: ${ends.join(', ')}`;
}

/** An emergency runs at once. The requester finds its review open, and another person decides it. */
async function emergencyReview(stack: Deployed): Promise<string> {
  const ran = await stack.run({ ...vacuum(stack), emergency: 'to use every permission' });
  const connection = { ...stack.connection, as: BOB };
  const open = async () => (await recordsOf(stack, OLGA).openReviews()).length;
  const before = await open();
  const task = reviewIdOf(ran.row.boundaryId);
  const digest = await showSubject(task, 'approve', connection, stack.io);
  const decided = await submitDecision(
    { decision: 'approve', task, reason: 'it was', digest },
    connection,
    stack.io,
  );
  const events = await recordsOf(stack, BOB).events(task);
  const said = events.map(({ type }) => type).join(' ');
  return `${summary(ran)}; open ${before}, then ${await open()}; ${decided.phase}; ${said}`;
}

/** No person decides for a day. The schedule closes the task, which never ran. */
async function expiredApproval(stack: Deployed): Promise<string> {
  const at = functionUrl('submit', stack.connection, configOf(stack, ANN));
  const { boundaryId } = await submitRequest(at, vacuum(stack));
  await stack.aws.clock.sleep(DAY_MS);
  await runSchedulesFor(stack, 3);
  const row = await ownersRecords(stack).row(boundaryId);
  const events = await ownersRecords(stack).events(boundaryId);
  const expired = events.some(({ type }) => type === 'approval.expired');
  return `${row?.outcome} ${row?.phase} ${row?.proof?.kind}; expired ${expired}`;
}

const DAY_MS = 86_400_000;

/** The requester ends a running task, and an approver ends the next one. */
async function earlyEnds(stack: Deployed): Promise<string> {
  const seen = [await earlyEndBy(stack, ANN), await earlyEndBy(stack, BOB)];
  return seen.join('; ');
}

/** The early end starts the first Teardown. A second one would come from the reconciler, which completes missing work. */
async function earlyEndBy(stack: Deployed, as: Persona): Promise<string> {
  const request = transfer();
  const at = functionUrl('end', stack.connection, configOf(stack, as));
  slowWork(stack);
  let ending: Promise<string> = Promise.resolve('was not at work');
  whenEntering(stack, 'RunWork', () => {
    const call = { task: `${request.type}.${request.taskId}`, reason: 'to use every permission' };
    ending = callEnd(at, call).then(
      ({ person }) => `ended by ${person}`,
      (error: Error) => error.message,
    );
  });
  const ran = await stack.run(request);
  stack.aws.intercept = undefined;
  const { status } = await stack.execution(ran.row.executionArn);
  return `${summary(ran)}, ${await ending}, ${status}, teardown ${ran.row.teardown?.attempt}`;
}

export const PEOPLE: readonly Scenario[] = [
  {
    run: readByEachRole,
    shows: ['Requesters', 'Approvers']
      .map(
        (role) =>
          `${role}: ${['object-transfer', 'database-maintenance', 'case-response'].map((type) => `${type} succeeded closed refused`).join(', ')}`,
      )
      .join('; '),
  },
  {
    run: emergencyReview,
    shows: 'succeeded closed refused; open 1, then 0; justified; review.opened review.decided',
  },
  { run: expiredApproval, shows: 'failed closed nothing-issued; expired true' },
  {
    run: earlyEnds,
    shows: ['ann', 'bob']
      .map((name) => `failed closed refused TaskEnded, ended by ${name}, ABORTED, teardown 1`)
      .join('; '),
  },
];
