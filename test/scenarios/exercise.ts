import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { drainStack, type DrainOptions } from '../../cli/commands/drain.ts';
import { operatorConfig } from '../../cli/drain/operator.ts';
import { Records } from '../../cli/records.ts';
import type { LedgerRow } from '../../core/ledger.ts';
import { sessionCredentials } from '../../core/work.ts';
import {
  denyPolicyName,
  NONCE_CHARACTERS,
  secretName,
  SESSION_SECRET,
  taskRolePath,
  typeParameterName,
} from '../../core/ids.ts';
import { STRAY_AGE_MS } from '../../core/strays.ts';
import { parsePolicy } from '../../core/iam/parse.ts';
import type { TrailRecord } from '../../local/aws/trail.ts';
import type { DemoDatabase } from '../../local/demo-database.ts';
import type { Template } from '../../local/template/template.ts';
import { maintenance, startDatabase } from './database.ts';
import { freshId, type Deployed, type Ran } from './deployed.ts';
import type { Request } from './meddle.ts';
import { meddleWithBus, minutes } from './signals.ts';

/** Objects above this are copied in parts, so that the smallest test object is not. */
const SINGLE_COPY_LIMIT_BYTES = 10;
const OPEN_BUCKET = 'open-to-everyone';

/** The sample with a work function that copies small objects in parts; everything else as deployed. */
export function withSmallParts(template: Template): Template {
  const copy = structuredClone(template);
  for (const { Type, Properties } of Object.values(copy.Resources)) {
    const variables = (Properties['Environment'] as { Variables?: Record<string, unknown> } | undefined)
      ?.Variables;
    if (Type === 'AWS::Lambda::Function' && variables && 'SOURCE_BUCKET' in variables) {
      Object.assign(variables, { SINGLE_COPY_LIMIT_BYTES: String(SINGLE_COPY_LIMIT_BYTES), PART_BYTES: '8' });
    }
  }
  return copy;
}

/**
 * A tail that gives up after a dozen tries instead of outlasting the longest lease: what a missing permission does is seen by then, and
 * permissions are the same.
 */
export function impatient(template: Template): Template {
  const text = JSON.stringify(template).replace(/(\\+"MaxAttempts\\+":)\d{2,}/g, `$1${TRIES}`);
  return JSON.parse(text) as Template;
}

const TRIES = 12;

const transfer = (key: string) => ({
  type: 'object-transfer',
  taskId: freshId(),
  reason: 'to use every permission',
  parameters: { sourceKey: key, destinationKey: key },
});

const summary = ({ report }: Ran) =>
  `${report.outcome} ${report.phase} ${report.proof} ${report.error?.split(':')[0] ?? ''}`;

/** Calls `then` as soon as a call is in the trail, while the function that made it goes on. */
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

/** Submits, follows and reads as `Requesters`, then looks at everything that the role may look at. */
async function good(stack: Deployed): Promise<string> {
  stack.put('source', 'small', Buffer.from('small'));
  const ran = await stack.run(transfer('small'));
  const records = new Records(stack.requester, stack.connection.outputs);
  const listed = await records.recent(1, stack.aws.clock.nowMs());
  const name = typeParameterName(stack.stack.stackName, 'object-transfer');
  const { Parameter } = await new SSMClient({ ...stack.requester }).send(
    new GetParameterCommand({ Name: name }),
  );
  return `${summary(ran)}; deny ${ran.row.deny?.effective}; listed ${listed.length > 0}; type ${Parameter !== undefined}; announced ${isAnnounced(ran.row)}`;
}

const isAnnounced = (row: LedgerRow | undefined): boolean => row?.announcedAtMs !== undefined;

/** A copy in parts takes two runs. S3 refuses parts below 5 MiB when the upload is completed: the upload is aborted. */
async function aborted(stack: Deployed): Promise<string> {
  stack.put('source', 'large', Buffer.from('x'.repeat(40)));
  stack.aws.intercept = ({ service, request }) =>
    service === 's3' && request.path.includes('partNumber=') ? { delayMs: 45_000 } : 'proceed';
  const ran = await stack.run(transfer('large'));
  stack.aws.intercept = undefined;
  const abort = stack.aws.trail.find((record) => record.eventName === 'AbortMultipartUpload');
  return `${summary(ran)}; leases ${ran.row.leases.length}; aborted ${abort?.errorCode ?? abort !== undefined}`;
}

/** Teardown begins while a secret is being made: what came too late undoes itself. */
async function tornDownWhileIssuing(stack: Deployed): Promise<string> {
  const request = transfer('small');
  const before = stack.aws.trail.length;
  const run = stack.run(request);
  const boundaryId = `${request.type}.${request.taskId}`;
  const making = (record: TrailRecord) =>
    record.eventName === 'CreateSecret' && stack.aws.trail.indexOf(record) >= before;
  await whenSeen(
    stack,
    making,
    () => void teardown(stack, boundaryId, request.taskId).catch(() => undefined),
    run,
  );
  const ran = await run;
  const undone = stack.aws.trail
    .slice(before)
    .find((record) => record.eventName === 'DeleteSecret' && roleOf(record).includes('IssueSecret'));
  return `${summary(ran)}; undone ${undone?.errorCode ?? undone !== undefined}`;
}

const roleOf = (record: TrailRecord): string => String(record.userIdentity['arn']);

/** Calls revoke-and-record as the account's owner, as a teardown of the boundary would. */
async function teardown(stack: Deployed, boundaryId: string, taskId: string): Promise<void> {
  const resources = [...stack.stack.resources.values()];
  const named = (type: string, part: string) =>
    resources.find((resource) => resource.type === type && resource.logicalId.includes(part));
  const machine = named('AWS::StepFunctions::StateMachine', 'ObjectTransfer')?.arn ?? '';
  const executionArn = `${machine.replace(':stateMachine:', ':execution:')}:${taskId}`;
  const lambda = new LambdaClient({ ...stack.connection.config });
  await lambda.send(
    new InvokeCommand({
      FunctionName: named('AWS::Lambda::Function', 'RevokeAndRecord')?.physicalId ?? '',
      Payload: Buffer.from(JSON.stringify({ boundaryId, executionArn, ended: { status: 'unknown' } })),
    }),
  );
}

/** A bucket outside the type's ceiling that is open to everyone: the task's session must still be refused there. */
async function openBucket(stack: Deployed): Promise<string> {
  if (!stack.aws.s3.hasBucket(OPEN_BUCKET)) stack.aws.s3.createBucket(OPEN_BUCKET);
  const open = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${OPEN_BUCKET}/*` },
    ],
  };
  stack.aws.s3.setBucketPolicy(OPEN_BUCKET, parsePolicy(JSON.stringify(open), 'resource'));
  stack.aws.s3.put(OPEN_BUCKET, 'bait', Buffer.from('bait'));
  const lines: string[] = [];
  for (const request of [transfer('small'), vacuum(stack)]) lines.push(await baited(stack, request));
  return lines.join('; ');
}

async function baited(stack: Deployed, request: Request): Promise<string> {
  const known = new Set(stack.secretValues);
  const attempts: Promise<string>[] = [];
  const stop = stack.aws.states.onEvent(({ event }) => {
    if (event.type !== 'TaskScheduled' || attempts.length > 0) return;
    const session = [...stack.secretValues].find(
      (value) => !known.has(value) && value.startsWith('{"accessKeyId"'),
    );
    if (session !== undefined) attempts.push(readBait(stack, session));
  });
  const ran = await stack.run(request);
  stop();
  return `${summary(ran)}; bait ${await Promise.all(attempts)}`;
}

async function readBait(stack: Deployed, session: string): Promise<string> {
  const { accessKeyId, secretAccessKey, sessionToken } = sessionCredentials.parse(JSON.parse(session));
  const s3 = new S3Client({ ...stack.aws.clientConfig({ accessKeyId, secretAccessKey, sessionToken }) });
  return s3.send(new GetObjectCommand({ Bucket: OPEN_BUCKET, Key: 'bait' })).then(
    () => 'read',
    (error: Error) => error.name,
  );
}

/** Stops the task where it works, and then its Teardown where it proves: a second Teardown closes the boundary. */
async function stoppedTwice(stack: Deployed): Promise<string> {
  const stopAt = (state: string, machine: string) => {
    const forget = stack.aws.states.onEvent(({ executionArn, stateMachineArn, event }) => {
      if (event.stateEnteredEventDetails?.name !== state || !stateMachineArn.includes(machine)) return;
      forget();
      queueMicrotask(() => stack.aws.states.abort(executionArn));
    });
  };
  stopAt('RunWork', 'object-transfer');
  stopAt('ProveRevoked', 'Teardown');
  const ran = await stack.run(transfer('small'));
  return `${summary(ran)}; teardown ${ran.row.teardown?.attempt}`;
}

/** Submit cannot start the execution: the schedule does, once it can be done. */
async function startedLater(stack: Deployed): Promise<string> {
  const lines: string[] = [];
  for (const request of [transfer('small'), vacuum(stack)]) lines.push(await submittedOnly(stack, request));
  return lines.join('; ');
}

async function submittedOnly(stack: Deployed, request: Request): Promise<string> {
  stack.aws.intercept = ({ operation, caller }) =>
    operation === 'StartExecution' && caller.arn.includes('Submit')
      ? { refuse: { name: 'ServiceUnavailable', message: 'down for a while', status: 503 } }
      : 'proceed';
  const submitted = await stack.run(request).then(
    () => 'submitted',
    () => 'refused',
  );
  stack.aws.intercept = undefined;
  await minutes(stack, 6);
  const records = new Records(stack.connection.config, stack.connection.outputs);
  const row = await records.row(`${request.type}.${request.taskId}`);
  return `${submitted}, then ${row?.outcome} ${row?.phase} ${row?.proof?.kind}`;
}

/** EventBridge is down while the boundary closes: the schedule announces it, once it can be done. */
async function announcedLater(stack: Deployed): Promise<string> {
  const end = meddleWithBus(stack, 'CloseBoundary');
  const ran = await stack.run(transfer('small'));
  end();
  await minutes(stack, 3);
  const records = new Records(stack.connection.config, stack.connection.outputs);
  const later = await records.row(ran.row.boundaryId);
  return `${summary(ran)}; announced ${isAnnounced(ran.row)}, later ${isAnnounced(later)}`;
}

/** All deadlines pass: no deny is left. Then reconcile cannot be called: its schedule's letters are kept. */
async function lifted(stack: Deployed): Promise<string> {
  await minutes(stack, 10);
  const roles = stack.aws.iam.roles();
  const policies = roles.flatMap(({ name }) => stack.aws.iam.inlinePolicies(name, stack.aws.clock.nowMs()));
  const denies = policies.filter(({ name }) => name.startsWith('taskbound-deny-'));
  stack.aws.intercept = ({ operation, caller }) =>
    operation === 'Invoke' && caller.arn.includes('ScheduleRole')
      ? { refuse: { name: 'AccessDeniedException', message: 'refused by the scenario', status: 403 } }
      : 'proceed';
  await minutes(stack, 2);
  stack.aws.intercept = undefined;
  const letters = stack.aws.queues.all().flatMap(({ messages }) => messages);
  const rows = await new Records(stack.connection.config, stack.connection.outputs).recent(
    1,
    stack.aws.clock.nowMs(),
  );
  const unswept = rows.filter(({ sweptAtMs }) => sweptAtMs === undefined);
  return `denies ${denies.length}; letters kept ${letters.length > 0}; unswept ${unswept.length}`;
}

/** A secret and a deny that no row leads to: the hour's schedule removes both. */
async function strays(stack: Deployed): Promise<string> {
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
  await minutes(stack, 1);
  const left = iam.inlinePolicies(role, clock.nowMs()).some((policy) => policy.name === deny);
  return `stray secret left ${secrets.store.find(name, clock.nowMs()) !== undefined}; stray deny left ${left}`;
}

const LOST = 'object-transfer.lost';
const HOUR_MS = 3_600_000;

/** Drains the stack as `Operators`, with an end to a task at work; looks at it; takes tasks again. */
async function drained(stack: Deployed): Promise<string> {
  let slowed = false;
  stack.aws.intercept = ({ service, caller }) => {
    if (slowed || service !== 's3' || !caller.arn.includes('TaskRole')) return 'proceed';
    slowed = true;
    return { delayMs: 50_000 };
  };
  const command = (options: DrainOptions) => drainStack(stack.connection, options, stack.io);
  let draining: Promise<number> = Promise.resolve(-1);
  const stop = stack.aws.states.onEvent(({ event }) => {
    if (event.stateEnteredEventDetails?.name !== 'RunWork') return;
    stop();
    draining = command({ end: true });
    draining.catch(() => undefined); // awaited below
  });
  const ran = await stack.run(transfer('small'));
  stack.aws.startSchedules();
  const code = await draining.finally(() => stack.aws.stopSchedules());
  stack.aws.intercept = undefined;
  const records = new Records(operatorConfig(stack.connection, stack.io), stack.connection.outputs);
  const listed = await records.recent(1, stack.aws.clock.nowMs());
  const events = await records.events(ran.row.boundaryId);
  const refused = await stack.run(transfer('small')).catch((error: Error) => error.name);
  const resumed = await command({ resume: true });
  const again = await stack.run(transfer('small'));
  const seen = `listed ${listed.length > 0}; events ${events.length > 0}`;
  return `${summary(ran)}; drained ${code}; ${seen}; ${String(refused)}; resumed ${resumed}; ${summary(again)}`;
}

/** The schedule submits a task; on the next days it may not call, and then what it calls fails: both end with the missed runs. */
async function scheduled(stack: Deployed): Promise<string> {
  const { clock, queues } = stack.aws;
  const letters = () =>
    queues.all().flatMap(({ name, messages }) => (name.includes('ScheduledRunsMissed') ? messages : []))
      .length;
  const untilDue = () => clock.sleep(DAY_MS - ((clock.nowMs() - NIGHTLY_MS) % DAY_MS) - 30_000);
  await untilDue();
  const dueMs = clock.nowMs() + 30_000;
  stack.put('source', `exports/${new Date(dueMs).toISOString().slice(0, 10)}.csv`, Buffer.from('small'));
  await minutes(stack, 6);
  const records = new Records(stack.connection.config, stack.connection.outputs);
  const row = (await records.recent(1, clock.nowMs())).find((one) => one.scheduled?.forMs === dueMs);
  const seen = [letters()];
  // Reconcile would start what the function could not, and a later attempt find it done: it must be done by the first.
  const metrics = [...stack.aws.lambda.host.metrics].find(([name]) => name.includes('SubmitScheduled'))?.[1];
  const attempts = metrics?.invocations;
  for (const [operation, caller] of [
    ['Invoke', 'Nightly'],
    ['GetParameter', 'SubmitScheduled'],
  ] as const) {
    await untilDue();
    stack.aws.intercept = (call) =>
      call.operation === operation && call.caller.arn.includes(caller)
        ? { refuse: { name: 'AccessDeniedException', message: 'refused by the scenario', status: 403 } }
        : 'proceed';
    await minutes(stack, 6);
    stack.aws.intercept = undefined;
    seen.push(letters());
  }
  return `scheduled ${row?.outcome} ${row?.phase} ${row?.proof?.kind}; attempts ${attempts}; letters ${seen.join(' ')}`;
}

const DAY_MS = 86_400_000;
/** 04:00 in Berlin, in winter. */
const NIGHTLY_MS = 3 * HOUR_MS;
let database: Promise<DemoDatabase> | undefined;

/** For the end of a test file that exercised stacks. */
export const stopDatabase = async (): Promise<void> => (await database)?.server.stop();

/** Maintains a database, which all stacks of a test file share: a login of its own is made, ended, and looked for. */
async function maintained(stack: Deployed): Promise<string> {
  const { server, adminSecret } = await (database ??= startDatabase());
  stack.aws.reachable.allow(server);
  stack.aws.secrets.provide(stack.output('DatabaseAdmin'), async () => adminSecret);
  const ran = await stack.run(vacuum(stack));
  const name = typeParameterName(stack.stack.stackName, 'database-maintenance');
  const { Parameter } = await new SSMClient({ ...stack.requester }).send(
    new GetParameterCommand({ Name: name }),
  );
  return `${summary(ran)}; type ${Parameter !== undefined}`;
}

const vacuum = (stack: Deployed): Request => maintenance(stack, { kind: 'vacuum', tables: ['shop.orders'] });

const SCENARIOS = [
  good,
  maintained,
  aborted,
  tornDownWhileIssuing,
  openBucket,
  stoppedTwice,
  startedLater,
  announcedLater,
  lifted,
  drained,
  strays,
  scheduled,
];

/** What all scenarios together show, a line each, up to the first that ends otherwise. Every permission of the sample is used in one of them. */
export async function exercise(stack: Deployed): Promise<string[]> {
  const lines: string[] = [];
  for (const [index, scenario] of SCENARIOS.entries()) {
    const line = await scenario(stack).catch(
      (error: Error) => `${scenario.name} threw ${error.name}: ${error.message}`,
    );
    lines.push(line);
    if (line !== EXPECTED[index]) return lines;
  }
  return lines;
}

export const EXPECTED = [
  'succeeded closed refused ; deny true; listed true; type true; announced true',
  'succeeded closed refused ; type true',
  'failed closed refused EntityTooSmall; leases 2; aborted true',
  'failed closed nothing-issued ExecutionEnded; undone true',
  'succeeded closed refused ; bait AccessDenied; succeeded closed refused ; bait AccessDenied',
  'failed closed refused ExecutionEnded; teardown 2',
  'refused, then succeeded closed refused; refused, then succeeded closed refused',
  'succeeded closed refused ; announced false, later true',
  'denies 0; letters kept true; unswept 0',
  'failed closed refused ExecutionEnded; drained 0; listed true; events true; StackDraining; resumed 0; succeeded closed refused ',
  'stray secret left false; stray deny left false',
  'scheduled succeeded closed refused; attempts 1; letters 0 1 2',
];
