import { StackRecords } from '../../../cli/connection/stack-records.ts';
import type { DemoDatabase } from '../../../cli/local/demo-database.ts';
import { maintenance, startDatabase } from '../logins/database.ts';
import { freshId, type Deployed, type Ran } from '../deployed.ts';
import type { Request } from '../evidence/meddle.ts';

/** A way to use permissions, in a stack of its own. */
export interface Scenario {
  readonly run: (stack: Deployed) => Promise<string>;
  /** What it shows when everything that it needs is permitted, and nothing had to be mended by something else. */
  readonly shows: string;
}

/** The one object that there is to copy. */
const SMALL = 'small';

/** The one case that there is to answer. */
const CASE = { caseId: 'C-1', customer: 'Ann', subject: 'A question', text: 'When do you open?' };

let database: Promise<DemoDatabase> | undefined;

/** For the end of a test file that exercised stacks. */
export const stopDatabase = async (): Promise<void> => (await database)?.server.stop();

/** What the tasks of a fresh stack need: an object, and a database, which all stacks of a test file share. */
export async function furnish(stack: Deployed): Promise<void> {
  const { server, adminSecret } = await (database ??= startDatabase());
  stack.put('source', SMALL, Buffer.from(SMALL));
  await stack.putItem('cases', { ...CASE });
  stack.aws.reachable.allow(server);
  stack.aws.secrets.provide(stack.output('DatabaseAdmin'), async () => adminSecret);
}

export const transfer = (key = SMALL): Request => ({
  type: 'object-transfer',
  taskId: freshId(),
  reason: 'to use every permission',
  parameters: { sourceKey: key, destinationKey: key },
});

/** Reads the case and writes one reply. */
export const answer = (): Request => ({
  type: 'case-response',
  taskId: freshId(),
  reason: 'to use every permission',
  parameters: { caseId: CASE.caseId },
});

/** A login of its own is made, ended, and looked for. */
export const vacuum = (stack: Deployed): Request =>
  maintenance(stack, { kind: 'vacuum', tables: ['shop.orders'] });

export const summary = ({ report }: Pick<Ran, 'report'>): string =>
  `${report.outcome} ${report.phase} ${report.proof} ${report.error?.split(':')[0] ?? ''}`.trim();

/** What the account's owner can read. */
export const ownersRecords = (stack: Deployed): StackRecords =>
  new StackRecords(stack.connection.config, stack.connection.outputs);

/** Until it is called again, calls that match are refused as by a service that is down, or as given. */
export function refuse(
  stack: Deployed,
  operation: string,
  caller: RegExp,
  refusal = { name: 'ServiceUnavailable', message: 'down for a while', status: 503 },
): () => void {
  stack.aws.intercept = (call) =>
    call.operation === operation && caller.test(call.caller.arn) ? { refuse: refusal } : 'proceed';
  return () => (stack.aws.intercept = undefined);
}

export const FORBIDDEN = { name: 'AccessDeniedException', message: 'refused by the scenario', status: 403 };

/** The first call of the next task takes so long that it is seen at work. */
export function slowWork(stack: Deployed): void {
  let slowed = false;
  stack.aws.intercept = ({ service, caller }) => {
    if (slowed || service !== 's3' || !caller.arn.includes('TaskRole')) return 'proceed';
    slowed = true;
    return { delayMs: 50_000 };
  };
}
