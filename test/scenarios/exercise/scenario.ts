import { StackRecords } from '../../../client/stack/stack-records.ts';
import type { LocalDatabase } from '../../../cli/local/local-database.ts';
import { maintenance, startDatabase } from '../logins/database.ts';
import { freshId, type Deployed, type Ran } from '../deployed.ts';
import type { Request } from '../evidence/meddle.ts';

/** A scenario that uses permissions in its own stack. */
export interface Scenario {
  readonly run: (stack: Deployed) => Promise<string>;
  /** The expected line when every needed permission exists, and no other part had to complete the work. */
  readonly shows: string;
}

/** The only object to copy. */
const SMALL = 'small';

/** The only case to answer. */
const CASE = { caseId: 'C-1', customer: 'Ann', subject: 'A question', text: 'When do you open?' };

let database: Promise<LocalDatabase> | undefined;

/** Stops the shared database at the end of a test file. */
export const stopDatabase = async (): Promise<void> => (await database)?.server.stop();

/** Creates what the tasks of a new stack need: an object, and a database that all stacks of a test file share. */
export async function prepareStack(stack: Deployed): Promise<void> {
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

/** A maintenance for which a login is created, ended and checked. */
export const vacuum = (stack: Deployed): Request =>
  maintenance(stack, { kind: 'vacuum', tables: ['shop.orders'] });

export const summary = ({ report }: Pick<Ran, 'report'>): string =>
  `${report.outcome} ${report.phase} ${report.proof} ${report.error?.split(':')[0] ?? ''}`.trim();

/** The records, read as the account's owner. */
export const ownersRecords = (stack: Deployed): StackRecords =>
  new StackRecords(stack.connection.config, stack.connection.manifest);

/** Refuses matching calls, by default like a service that is down, until the next call of this function. */
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

/** Delays the first call of the next task, so that it can be observed during its work. */
export function slowWork(stack: Deployed): void {
  let slowed = false;
  stack.aws.intercept = ({ service, caller }) => {
    if (slowed || service !== 's3' || !caller.arn.includes('TaskRole')) return 'proceed';
    slowed = true;
    return { delayMs: 50_000 };
  };
}
