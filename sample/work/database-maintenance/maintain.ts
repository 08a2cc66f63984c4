import { S3Client } from '@aws-sdk/client-s3';
import pg from 'pg';
import { sqlStateOf } from '../../../core/logins/sql-fault.ts';
import type { Task } from '../../../lambdas/runtime/index.ts';
import type { MaintenanceEnvironment } from './environment.ts';
import { StepFailed } from './errors.ts';
import { faultOf } from './fault.ts';
import { withLogin } from './login.ts';
import { readSet, type MaintenanceSet } from './maintenance-set.ts';
import type { maintenanceParameters } from './parameters.ts';

/** https://www.postgresql.org/docs/18/errcodes-appendix.html */
const SYNTAX_ERROR = '42601';

/** The steps that were done, and their durations. It contains no data of the database. */
type StepResult = { readonly step: string; readonly milliseconds: number };
export type MaintenanceResult = {
  readonly kind: MaintenanceSet['kind'];
  readonly steps: StepResult[];
};

interface Step {
  /** A name for people, without SQL. */
  readonly name: string;
  run(client: pg.Client): Promise<void>;
}

/**
 * Runs one maintenance set on a database.
 *
 * Effects, in order:
 *  1. nothing, until the set's bytes are found to have the requested digest;
 *  2. a session of the task's own login;
 *  3. `vacuum` and `reindex`: each table separately; `migration`: its SQL, in one transaction.
 *
 * Half done: the tables before the failed one are done; a migration is rolled back. Repeated: vacuum and
 * reindex do the same again; a migration must be written so that it can run twice. Late: when the function's
 * time ends, its session is closed and the server ends the current statement. This happens at the latest when
 * the login is ended.
 *
 * Rejected: SQL in the request. The approvers could not be sure that exactly this SQL runs. With the digest,
 * they can.
 */
export async function maintain(
  task: Task<typeof maintenanceParameters>,
  { MAINTENANCE_BUCKET: bucket }: MaintenanceEnvironment,
  loggedIn: typeof withLogin = withLogin,
): Promise<MaintenanceResult> {
  const { set: name, digest } = task.parameters;
  const set = await readSet(task.client(S3Client), { bucket, set: name, digest }, task.signal);
  const secret = await task.secret('database');
  const steps = await loggedIn(secret, task.boundaryId, (client) => runSteps(stepsOf(set), client, task));
  task.log.info('maintenance done', { set: name, kind: set.kind, steps: steps.length });
  return { kind: set.kind, steps };
}

function stepsOf(set: MaintenanceSet): readonly Step[] {
  switch (set.kind) {
    case 'vacuum':
      return set.tables.map((table) => statement(`vacuum ${table}`, `VACUUM (ANALYZE) ${quoted(table)}`));
    case 'reindex':
      return set.tables.map((table) => statement(`reindex ${table}`, `REINDEX TABLE ${quoted(table)}`));
    case 'migration':
      return [{ name: 'migration', run: (client) => migrate(client, set.sql) }];
  }
}

const statement = (name: string, sql: string): Step => ({
  name,
  run: async (client) => void (await client.query(sql)),
});

const quoted = (table: string): string => table.split('.').map(pg.escapeIdentifier).join('.');

/**
 * If the SQL itself commits, that part stays committed: it was approved. An error names the number of the
 * failed statement.
 */
async function migrate(client: pg.Client, sql: string): Promise<void> {
  await client.query('BEGIN');
  let done = 0;
  const count = (): void => void (done += 1);
  client.connection.on('commandComplete', count);
  try {
    await client.query(sql);
    await client.query('COMMIT');
  } catch (error) {
    client.connection.off('commandComplete', count);
    await client.query('ROLLBACK').catch(() => undefined);
    throw new Error(`${statementText(error, done)}${faultOf(error)}`);
  } finally {
    client.connection.off('commandComplete', count);
  }
}

/**
 * The number of the failed statement, from 1. SQL with a syntax error was not started, so only the character
 * position is known.
 */
const statementText = (error: unknown, done: number): string =>
  done === 0 && sqlStateOf(error) === SYNTAX_ERROR ? '' : `statement ${done + 1}, `;

async function runSteps(steps: readonly Step[], client: pg.Client, task: Task): Promise<StepResult[]> {
  const done: StepResult[] = [];
  for (const step of steps) {
    const begunMs = task.nowMs();
    await untilAborted(step.run(client), task.signal).catch((error: unknown) => {
      throw stepFailed(step, done, error);
    });
    done.push({ step: step.name, milliseconds: task.nowMs() - begunMs });
  }
  return done;
}

/** Stops waiting when the task must stop. The session is then closed, and its statement is rolled back. */
function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}

function stepFailed(step: Step, done: readonly StepResult[], error: unknown): StepFailed {
  const fault = faultOf(error);
  const before = done.length === 0 ? 'nothing' : done.map(({ step: name }) => name).join(', ');
  return new StepFailed(
    `The step ${step.name} failed: ${fault}. Done before it: ${before}. Correct the set, store it under its new digest, and submit that.`,
  );
}
