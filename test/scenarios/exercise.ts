import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { Records } from '../../cli/records.ts';
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
import type { Template } from '../../local/template/template.ts';
import { freshId, T0, type Deployed, type Ran } from './deployed.ts';

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
  return `${summary(ran)}; deny ${ran.row.deny?.effective}; listed ${listed.length > 0}; type ${Parameter !== undefined}`;
}

/** S3 refuses parts below 5 MiB when the upload is completed: the upload is aborted. */
async function aborted(stack: Deployed): Promise<string> {
  stack.put('source', 'large', Buffer.from('x'.repeat(40)));
  const ran = await stack.run(transfer('large'));
  const abort = stack.aws.trail.find((record) => record.eventName === 'AbortMultipartUpload');
  return `${summary(ran)}; aborted ${abort?.errorCode ?? abort !== undefined}`;
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
  stack.aws.s3.createBucket(OPEN_BUCKET);
  const open = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: `arn:aws:s3:::${OPEN_BUCKET}/*` },
    ],
  };
  stack.aws.s3.setBucketPolicy(OPEN_BUCKET, parsePolicy(JSON.stringify(open), 'resource'));
  stack.aws.s3.put(OPEN_BUCKET, 'bait', Buffer.from('bait'));
  const known = new Set(stack.secretValues);
  const attempts: Promise<string>[] = [];
  const stop = stack.aws.states.onEvent(({ event }) => {
    if (event.type !== 'TaskScheduled' || attempts.length > 0) return;
    const session = [...stack.secretValues].find((value) => !known.has(value) && value.startsWith('{'));
    if (session !== undefined) attempts.push(readBait(stack, session));
  });
  const ran = await stack.run(transfer('small'));
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
  stopAt('RunWork', 'ObjectTransfer');
  stopAt('ProveRevoked', 'Teardown');
  const ran = await stack.run(transfer('small'));
  return `${summary(ran)}; teardown ${ran.row.teardown?.attempt}`;
}

/** Submit cannot start the execution: the schedule does, once it can be done. */
async function startedLater(stack: Deployed): Promise<string> {
  const request = transfer('small');
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
  return `denies ${denies.length}; letters kept ${letters.length > 0}`;
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
  await clock.sleep(HOUR_MS - ((clock.nowMs() - T0) % HOUR_MS) - 30_000);
  await minutes(stack, 1);
  const left = iam.inlinePolicies(role, clock.nowMs()).some((policy) => policy.name === deny);
  return `stray secret left ${secrets.store.find(name, clock.nowMs()) !== undefined}; stray deny left ${left}`;
}

const LOST = 'object-transfer.lost';
const HOUR_MS = 3_600_000;

/** Lets the schedule run for some virtual minutes. */
async function minutes(stack: Deployed, count: number): Promise<void> {
  stack.aws.startSchedules();
  await stack.aws.clock.sleep(count * 60_000);
  stack.aws.stopSchedules();
}

const SCENARIOS = [
  good,
  aborted,
  tornDownWhileIssuing,
  openBucket,
  stoppedTwice,
  startedLater,
  lifted,
  strays,
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
  'succeeded closed refused ; deny true; listed true; type true',
  'failed closed refused EntityTooSmall; aborted true',
  'failed closed nothing-issued ExecutionEnded; undone true',
  'succeeded closed refused ; bait AccessDenied',
  'failed closed refused ExecutionEnded; teardown 2',
  'refused, then succeeded closed refused',
  'denies 0; letters kept true',
  'stray secret left false; stray deny left false',
];
