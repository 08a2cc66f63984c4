import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import { drainStack, type DrainOptions } from '../../../cli/drain/drain.ts';
import type { DrainReport } from '../../../cli/drain/drain-report.ts';
import { boundaryIdOf } from 'taskbound-evidence/names/ids';
import type { Intercept } from 'taskbound-local/gateway/intercept';
import { recordingIo } from '../../cli/support.ts';
import { deploy, freshId, type Deployed } from '../deployed.ts';
import { post, whenEntering, type Request } from '../evidence/meddle.ts';

/** Helpers for scenarios of `taskbound drain`. */

/** The duration of a drain of an empty stack: submit's timeout plus the lag of the index. */
export const SETTLE_MS = 40_000;

export const transfer = (change: Partial<Request> = {}): Request => ({
  type: 'object-transfer',
  taskId: freshId('drain'),
  reason: 'to see a stack drained',
  parameters: { sourceKey: 'a', destinationKey: 'b' },
  ...change,
});
export const boundaryOf = ({ type, taskId }: Request): string => boundaryIdOf(type, taskId);

/** The sample stack with one object to move and with running schedules. */
export async function sample(): Promise<Deployed> {
  const stack = await deploy('sample');
  stack.put('source', 'a', Buffer.from('content'));
  stack.aws.startSchedules();
  return stack;
}

export interface DrainRun {
  readonly code: number;
  readonly report: DrainReport;
  readonly stderr: string;
  readonly tookMs: number;
}

/** `taskbound drain --json` on the stack. */
export async function drain(stack: Deployed, options: DrainOptions = {}): Promise<DrainRun> {
  const { io, written } = recordingIo('/', { clock: stack.aws.clock });
  const startMs = stack.aws.clock.nowMs();
  const code = await drainStack(stack.connection, { json: true, ...options }, io);
  const tookMs = stack.aws.clock.nowMs() - startMs;
  return { code, report: JSON.parse(written.stdout), stderr: written.stderr, tookMs };
}

/** The same command with the output for people. */
export async function drainText(stack: Deployed, options: DrainOptions = {}): Promise<string> {
  const { io, written } = recordingIo('/', { clock: stack.aws.clock });
  await drainStack(stack.connection, options, io);
  return written.stdout;
}

export const denies = (stack: Deployed): string[] =>
  stack.aws.iam
    .roles()
    .flatMap((role) => stack.aws.iam.inlinePolicies(role.name, stack.aws.clock.nowMs()))
    .map(({ name }) => name)
    .filter((name) => name.startsWith('taskbound-deny-'));

/** Delays the first S3 call of each task, so that the task can be observed during its work. */
export function slowWork(delayMs: number): Intercept {
  const slowed = new Set<string>();
  return ({ service, caller }) => {
    if (service !== 's3' || !caller.arn.includes('TaskRole') || slowed.has(caller.arn)) return 'proceed';
    slowed.add(caller.arn);
    return { delayMs };
  };
}

/** Runs a request in the background, without the harness that stops the schedules at its end. */
export function begin(stack: Deployed, request: Request): Promise<void> {
  const working = new Promise<void>((resolve) => whenEntering(stack, 'RunWork', resolve));
  return post(stack, JSON.stringify(request)).then(() => working);
}

export const asOwner = (stack: Deployed) =>
  DynamoDBDocumentClient.from(new DynamoDBClient({ ...stack.connection.config }));
export const putMarker = (stack: Deployed, item: Record<string, unknown>) =>
  asOwner(stack).send(
    new PutCommand({
      TableName: stack.connection.manifest.ledgerTable,
      Item: { boundaryId: 'drain', ...item },
    }),
  );
export const removeMarker = (stack: Deployed) =>
  asOwner(stack).send(
    new DeleteCommand({ TableName: stack.connection.manifest.ledgerTable, Key: { boundaryId: 'drain' } }),
  );
export const markerIn = async (stack: Deployed) =>
  (await stack.aws.dynamodb.items(stack.connection.manifest.ledgerTable)).find(
    (item) => (item['boundaryId'] as { S: string }).S === 'drain',
  );
