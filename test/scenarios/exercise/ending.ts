import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  boundaryIdOf,
  denyPolicyName,
  NONCE_CHARACTERS,
  secretName,
  SESSION_SECRET,
  taskRolePath,
} from 'taskbound-evidence/names/ids';
import { STRAY_AGE_MS } from '../../../core/reconcile/strays.ts';
import type { TrailRecord } from 'taskbound-local/trail/trail';
import type { Deployed } from '../deployed.ts';
import { functionOf, machineOf, type Request } from '../evidence/meddle.ts';
import { runSchedulesFor } from '../teardown/signals.ts';
import {
  answer,
  FORBIDDEN,
  ownersRecords,
  refuse,
  summary,
  transfer,
  vacuum,
  type Scenario,
} from './scenario.ts';

/** How boundaries are closed and cleaned up after a failure. */

/** Calls `then` as soon as a call is in the trail, while the function that made it continues. */
async function whenSeen(
  stack: Deployed,
  seen: (record: TrailRecord) => boolean,
  then: () => void,
  until: Promise<unknown>,
): Promise<void> {
  let over = false;
  void until.finally(() => (over = true)).catch(() => undefined);
  while (!over) {
    if (stack.aws.trail.some(seen)) return then();
    await new Promise(setImmediate);
  }
}

/** Teardown begins while a secret is being created. The late secret is destroyed by its own function. */
async function teardownDuringIssue(stack: Deployed): Promise<string> {
  const request = transfer();
  const run = stack.run(request);
  const making = (record: TrailRecord) => record.eventName === 'CreateSecret';
  await whenSeen(stack, making, () => void teardown(stack, request).catch(() => undefined), run);
  const ran = await run;
  const undone = stack.aws.trail.find(
    (record) =>
      record.eventName === 'DeleteSecret' && String(record.userIdentity['arn']).includes('IssueSecret'),
  );
  return `${summary(ran)}; undone ${undone?.errorCode ?? undone !== undefined}`;
}

/** Calls revoke-and-record as the account's owner, like a teardown of the boundary. */
async function teardown(stack: Deployed, { type, taskId }: Request): Promise<void> {
  const boundaryId = boundaryIdOf(type, taskId);
  const machine = machineOf(stack, 'ObjectTransfer');
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${taskId}`;
  await new LambdaClient({ ...stack.connection.config }).send(
    new InvokeCommand({
      FunctionName: functionOf(stack, 'RevokeAndRecord'),
      Payload: Buffer.from(JSON.stringify({ boundaryId, executionArn, ended: { status: 'unknown' } })),
    }),
  );
}

/** Stops the task during its work, and then its Teardown during the proof. A second Teardown closes the boundary. */
async function stopTaskAndTeardown(stack: Deployed): Promise<string> {
  const stopAt = (state: string, machine: string) => {
    const forget = stack.aws.states.onEvent(({ executionArn, stateMachineArn, event }) => {
      if (event.stateEnteredEventDetails?.name !== state || !stateMachineArn.includes(machine)) return;
      forget();
      queueMicrotask(() => stack.aws.states.abort(executionArn));
    });
  };
  stopAt('RunWork', 'object-transfer');
  stopAt('ProveRevoked', 'Teardown');
  const ran = await stack.run(transfer());
  return `${summary(ran)}; teardown ${ran.row.teardown?.attempt}`;
}

/** The function that approves the task cannot start its execution. The schedule starts it when that is possible again. */
async function delayedStart(stack: Deployed): Promise<string> {
  const seen: string[] = [];
  for (const request of [transfer(), vacuum(stack), answer()]) {
    const end = refuse(stack, 'StartExecution', /Submit|Decide/);
    const at = await stack.run(request).then(
      () => 'started',
      () => 'not started',
    );
    end();
    await runSchedulesFor(stack, 6);
    const row = await ownersRecords(stack).row(boundaryIdOf(request.type, request.taskId));
    seen.push(`${at}, then ${row?.outcome} ${row?.phase} ${row?.proof?.kind}`);
  }
  return seen.join('; ');
}

/** EventBridge is down while the boundary closes. The schedule announces it when EventBridge is available again. */
async function delayedAnnouncement(stack: Deployed): Promise<string> {
  const end = refuse(stack, 'PutEvents', /CloseBoundary/);
  const ran = await stack.run(transfer());
  end();
  await runSchedulesFor(stack, 3);
  const later = await ownersRecords(stack).row(ran.row.boundaryId);
  const announced = [ran.row, later].map((row) => row?.announcedAtMs !== undefined);
  return `${summary(ran)}; announced ${announced.join(', later ')}`;
}

/** After all deadlines, no deny is left. Then reconcile cannot be called, and its dead letters are kept. */
async function denyRemoval(stack: Deployed): Promise<string> {
  await stack.run(transfer());
  await stack.run(vacuum(stack));
  await runSchedulesFor(stack, 10);
  const { iam, clock, queues } = stack.aws;
  const policies = iam.roles().flatMap(({ name }) => iam.inlinePolicies(name, clock.nowMs()));
  const denies = policies.filter(({ name }) => name.startsWith('taskbound-deny-'));
  const end = refuse(stack, 'Invoke', /ScheduleRole/, FORBIDDEN);
  await runSchedulesFor(stack, 2);
  end();
  const letters = queues.all().flatMap(({ messages }) => messages);
  const rows = await ownersRecords(stack).recent(1, clock.nowMs());
  const unswept = rows.filter(({ sweptAtMs }) => sweptAtMs === undefined);
  return `denies ${denies.length}; letters kept ${letters.length > 0}; swept ${rows.length - unswept.length} of ${rows.length}`;
}

const LOST = 'object-transfer.lost';
const HOUR_MS = 3_600_000;

/** A secret and a deny that belong to no row. The hourly schedule removes both. */
async function strayRemoval(stack: Deployed): Promise<string> {
  const { clock, iam, secrets } = stack.aws;
  const place = { stack: stack.stack.stackName, taskType: 'object-transfer', boundaryId: LOST };
  const name = secretName({ ...place, nonce: '0'.repeat(NONCE_CHARACTERS) }, SESSION_SECRET);
  await new SecretsManagerClient({ ...stack.connection.config }).send(
    new CreateSecretCommand({ Name: name }),
  );
  const role = iam.roles().find(({ path }) => path === taskRolePath(stack.stack.stackName))?.name ?? '';
  const deny = denyPolicyName(LOST, clock.nowMs());
  iam.putInline(role, deny, { Version: '2012-10-17', Statement: [] }, clock.nowMs());
  await clock.sleep(STRAY_AGE_MS);
  await clock.sleep(HOUR_MS - ((clock.nowMs() - stack.startMs) % HOUR_MS) - 30_000);
  await runSchedulesFor(stack, 1);
  const left = iam.inlinePolicies(role, clock.nowMs()).some((policy) => policy.name === deny);
  return `stray secret left ${secrets.store.find(name, clock.nowMs()) !== undefined}; stray deny left ${left}`;
}

export const ENDING: readonly Scenario[] = [
  { run: teardownDuringIssue, shows: 'failed closed nothing-issued ExecutionEnded; undone true' },
  { run: stopTaskAndTeardown, shows: 'failed closed refused ExecutionEnded; teardown 2' },
  {
    run: delayedStart,
    // The answer to the last approval is lost, and the second try is refused because the approval is recorded. The run follows the task on.
    shows: ['not started', 'started', 'not started']
      .map((at) => `${at}, then succeeded closed refused`)
      .join('; '),
  },
  { run: delayedAnnouncement, shows: 'succeeded closed refused; announced false, later true' },
  { run: denyRemoval, shows: 'denies 0; letters kept true; swept 2 of 2' },
  { run: strayRemoval, shows: 'stray secret left false; stray deny left false' },
];
