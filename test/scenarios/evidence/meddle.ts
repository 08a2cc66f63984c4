import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { STSClient } from '@aws-sdk/client-sts';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';
import type { ClientConfig } from '../../../client/caller/client-config.ts';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import { StackRecords } from '../../../client/stack/stack-records.ts';
import { boundaryIdOf, parseBoundaryId, typeParameterName } from 'taskbound-evidence/names/ids';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { TaskRequest } from '../../../core/requests/request.ts';
import { taskTypeConfig, type TaskTypeConfig } from '../../../core/task-types/task-type.ts';
import type { Call, RawRequest, RawResponse, Service } from 'taskbound-local/gateway/service';
import type { TrailRecord } from 'taskbound-local/trail/trail';
import { APPROVERS, waitsForApproval, type Deployed } from '../deployed.ts';

/** Faults that scenarios cause in a stack: missing permissions, failing services, and calls of functions out of order. */

/** Constructs of the control plane. Their functions and roles are found by these names. */
export type ControlName =
  | 'Submit'
  | 'Decide'
  | 'End'
  | 'Reconcile'
  | 'Admit'
  | 'IssueSecret'
  | 'IssueIdentity'
  | 'RevokeAndRecord'
  | 'ProveRevoked'
  | 'CloseBoundary';

/** The default delay of policy changes in `deploy`. */
const POLICY_DELAY_MS = 4000;

export type Request = TaskRequest & { readonly taskId: string };

export function resourceOf(stack: Deployed, type: string, part: string) {
  const found = [...stack.stack.resources.values()].find(
    (resource) => resource.type === type && resource.logicalId.includes(part),
  );
  if (found === undefined) throw new Error(`The stack has no ${type} with ${part} in its name.`);
  return found;
}

export const functionOf = (stack: Deployed, name: ControlName): string =>
  resourceOf(stack, 'AWS::Lambda::Function', `Control${name}Function`).physicalId;
export const machineOf = (stack: Deployed, part: string): string =>
  resourceOf(stack, 'AWS::StepFunctions::StateMachine', `${part}Workflow`).arn;

let forbidden = 0;
/** Denies actions to one control function at once. The returned function allows them again, after the policy delay. */
export async function forbid(
  stack: Deployed,
  name: ControlName,
  actions: readonly string[],
): Promise<() => void> {
  const { iam, clock } = stack.aws;
  const role = resourceOf(stack, 'AWS::IAM::Role', `Control${name}Role`).physicalId;
  const policyName = `forbid-${(forbidden += 1)}`;
  const document = {
    Version: '2012-10-17' as const,
    Statement: [{ Effect: 'Deny' as const, Action: actions, Resource: '*' }],
  };
  iam.putInline(role, policyName, document, clock.nowMs());
  await clock.sleep(POLICY_DELAY_MS);
  return () => iam.deleteInline(role, policyName, clock.nowMs());
}

/** Intercepts a service: receives each call and the function that continues it. The returned function ends the interception. */
export function intercept(
  service: Service,
  by: (request: RawRequest, call: Call, next: () => Promise<RawResponse>) => Promise<RawResponse>,
): () => void {
  const original = service.handle;
  service.handle = (request, call) => by(request, call, () => original.call(service, request, call));
  return () => {
    service.handle = original;
  };
}

/** Posts a body unchanged to a function URL, with a signature. */
export async function post(
  stack: Deployed,
  body: string,
  config: ClientConfig = stack.requester,
  url: 'submitUrl' | 'decideUrl' | 'endUrl' = 'submitUrl',
): Promise<{ readonly status: number; readonly error: string | undefined; readonly text: string }> {
  const settings = new STSClient({ ...config }).config;
  const target = new URL(stack.connection.manifest[url]);
  const signer = new SignatureV4({
    service: 'lambda',
    region: await settings.region(),
    credentials: settings.credentials,
    sha256: settings.sha256,
  });
  const request = new HttpRequest({
    method: 'POST',
    protocol: target.protocol,
    hostname: target.hostname,
    port: Number(target.port),
    path: target.pathname,
    headers: { host: target.host, 'content-type': 'application/json' },
    body,
  });
  const signed = await signer.sign(request, { signingDate: new Date(stack.aws.clock.nowMs()) });
  const { response } = await settings.requestHandler.handle(new HttpRequest(signed));
  const text = Buffer.from(await settings.streamCollector(response.body)).toString('utf8');
  const { error, message, Message } = JSON.parse(text) as Record<string, string | undefined>;
  return { status: response.statusCode, error, text: message ?? Message ?? text };
}

/**
 * Submits a request, and approves it if needed, while no execution can start. The row stays `approved`, so that a test can call every step
 * itself. `stack.run` continues from there.
 */
export async function submitWithoutStarting(stack: Deployed, request: Request): Promise<LedgerRow> {
  const boundaryId = boundaryIdOf(request.type, request.taskId);
  const waits = waitsForApproval(request);
  const allow = await forbid(stack, waits ? 'Decide' : 'Submit', ['states:StartExecution']);
  await post(stack, JSON.stringify(request));
  if (waits) await approve(stack, boundaryId);
  allow();
  await stack.aws.clock.sleep(POLICY_DELAY_MS);
  return rowOf(stack, boundaryId);
}

async function approve(stack: Deployed, boundaryId: string): Promise<void> {
  const { grantDigest } = await rowOf(stack, boundaryId);
  const body = JSON.stringify({ task: boundaryId, decision: 'approve', grantDigest });
  for (const { name, role } of APPROVERS) await post(stack, body, stack.person(name, role), 'decideUrl');
}

export interface Answer {
  /** The error's name, or `ok`. */
  readonly name: string;
  readonly message: string;
  readonly payload: unknown;
}

/** Steps that receive the work version from the definition. */
const NEEDS_WORK_VERSION: ReadonlySet<ControlName> = new Set(['Admit', 'IssueIdentity']);

/** Calls a control function as the account's owner, by default with the execution that owns the boundary and the deployed work version. */
export async function call(
  stack: Deployed,
  name: ControlName,
  row: Pick<LedgerRow, 'boundaryId' | 'executionArn'>,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Answer> {
  const { boundaryId, executionArn } = row;
  const lambda = new LambdaClient({ ...stack.connection.config });
  const { taskType = '' } = parseBoundaryId(boundaryId) ?? {};
  const version = NEEDS_WORK_VERSION.has(name) ? { workVersion: typeOf(stack, taskType).workVersionArn } : {};
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({
      FunctionName: functionOf(stack, name),
      Payload: Buffer.from(JSON.stringify({ boundaryId, executionArn, ...version, ...more })),
    }),
  );
  const payload: unknown = JSON.parse(Buffer.from(Payload ?? []).toString('utf8'));
  if (FunctionError === undefined) return { name: 'ok', message: '', payload };
  const { errorType, errorMessage } = payload as { errorType: string; errorMessage: string };
  return { name: errorType, message: errorMessage, payload };
}

const records = (stack: Deployed) => new StackRecords(stack.connection.config, stack.connection.manifest);

export const findRow = (stack: Deployed, boundaryId: string): Promise<LedgerRow | undefined> =>
  records(stack).row(boundaryId);

export async function rowOf(stack: Deployed, boundaryId: string): Promise<LedgerRow> {
  const row = await findRow(stack, boundaryId);
  if (row === undefined) throw new Error(`No row for ${boundaryId}.`);
  return row;
}

export const eventsOf = (stack: Deployed, boundaryId: string): Promise<ChainedEvent[]> =>
  records(stack).events(boundaryId);

export const typesOf = (events: readonly ChainedEvent[]): string[] => events.map((event) => event.type);

/** The data of the event with this id, or of the first of this type. */
export const dataOf = (events: readonly ChainedEvent[], what: string): ChainedEvent['data'] | undefined =>
  events.find((event) => event.id === what || event.type === what)?.data;

/** The sessions of a task that STS created. */
export const sessionsOf = (stack: Deployed, boundaryId: string): TrailRecord[] =>
  stack.aws.trail.filter(
    (record) =>
      record.eventName === 'AssumeRole' &&
      record.errorCode === undefined &&
      record.requestParameters?.['roleSessionName'] === boundaryId,
  );

/** Everything that exists of a task: nothing for one that was refused before it existed. */
export async function tracesOf(stack: Deployed, boundaryId: string): Promise<string[]> {
  const name = boundaryId.slice(boundaryId.indexOf('.') + 1);
  const secrets = stack.aws.secrets.store.all().filter((secret) => secret.name.includes(`/${boundaryId}/`));
  const executions = stack.aws.states.executions().filter((execution) => execution.arn.endsWith(`:${name}`));
  return [
    ...((await findRow(stack, boundaryId)) === undefined ? [] : ['row']),
    ...typesOf(await eventsOf(stack, boundaryId)),
    ...secrets.map((secret) => secret.name),
    ...executions.map((execution) => execution.arn),
    ...sessionsOf(stack, boundaryId).map(() => 'session'),
  ];
}

export function typeOf(stack: Deployed, type: string): TaskTypeConfig {
  const name = typeParameterName(stack.stack.stackName, type);
  return taskTypeConfig.parse(JSON.parse(stack.aws.ssm.value(name) ?? 'null'));
}

/** Deploys another version of a task type. The returned function deploys the old one again. */
export function deployTypeChange(
  stack: Deployed,
  type: string,
  change: (old: TaskTypeConfig) => TaskTypeConfig,
) {
  const { ssm, clock } = stack.aws;
  const name = typeParameterName(stack.stack.stackName, type);
  const old = typeOf(stack, type);
  ssm.putParameter(name, JSON.stringify(change(old)), clock.nowMs());
  return () => ssm.putParameter(name, JSON.stringify(old), clock.nowMs());
}

/** Calls `then` once, when the next execution enters the state. */
export function whenEntering(stack: Deployed, state: string, then: () => void): () => void {
  const stop = stack.aws.states.onEvent(({ event }) => {
    if (event.stateEnteredEventDetails?.name !== state) return;
    stop();
    then();
  });
  return stop;
}
