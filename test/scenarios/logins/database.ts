import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { loginNameOf } from '../../../core/logins/login.ts';
import type { LedgerRow } from '../../../core/ledger/ledger.ts';
import type { LocalDatabase } from '../../../cli/local/local-database.ts';
import { DEMO_DATABASE, startDemoDatabase } from '../../../simulation/logins/demo-database.ts';
import { adminAccessIn } from '../../../lambdas/control/logins/admin-access.ts';
import { pgLoginServer } from '../../../lambdas/control/logins/pg-login-server.ts';
import { deploy, freshId, type Deployed, type Ran } from '../deployed.ts';
import type { Request } from '../evidence/meddle.ts';

/** A stack with a database on a server that the stacks of a test file share. */
export interface Maintained {
  readonly stack: Deployed;
  readonly database: LocalDatabase;
}

/** Starts a server that logs every statement. */
export const startDatabase = (): Promise<LocalDatabase> =>
  startDemoDatabase({ settings: { log_statement: 'all' } });

/** The clock starts at the current time, because the server checks the deadline of a login with the time of this machine. */
export async function deployMaintained(
  database: LocalDatabase,
  options: Parameters<typeof deploy>[1] = {},
): Promise<Maintained> {
  const stack = await deploy('sample', { ...options, startMs: new Date().getTime() });
  stack.aws.reachable.allow(database.server);
  stack.aws.secrets.provide(stack.output('DatabaseAdmin'), async () => database.adminSecret);
  return { stack, database };
}

/** A window that opens at the request, so that the task does not wait for it. */
function windowNow(stack: Deployed): NonNullable<Request['window']> {
  const opensMs = Math.floor(stack.aws.clock.nowMs() / 1000) * 1000;
  const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');
  return { opensAt: iso(opensMs), closesAt: iso(opensMs + 3_600_000) };
}

/** Stores a set in its required form, and returns the request for it. */
export function maintenance(stack: Deployed, set: unknown, digest?: string): Request {
  const text = JSON.stringify(set);
  const named = digest ?? sha256Hex(text);
  stack.put('maintenance', `a-set/${named}.json`, Buffer.from(text));
  return {
    type: 'database-maintenance',
    taskId: freshId('db'),
    reason: 'a scenario',
    parameters: { set: 'a-set', digest: named },
    window: windowNow(stack),
  };
}

export const migration = (sql: string) => ({ kind: 'migration', sql });

/** The only login of a task. */
export const loginOf = ({ secrets }: LedgerRow) => ({
  name: loginNameOf(secrets[0]?.secretName ?? ''),
  spec: specOf(secrets[0]?.spec),
});

function specOf(spec: LedgerRow['secrets'][number]['spec'] | undefined) {
  if (spec?.kind !== 'postgres') throw new Error('The task has no login.');
  return spec;
}

/** The state of a task's login on the server. */
export const sightOf = ({ database }: Maintained, row: LedgerRow) =>
  pgLoginServer.look(adminAccessIn(database.adminSecret, 'admin'), loginOf(row));

export const GONE = { exists: false, canLogin: false, sessions: 0 };

export async function ownersOf({ database }: Maintained, ...names: readonly string[]): Promise<string[]> {
  const list = names.map((name) => `'${name}'`).join(', ');
  const rows = await database.server.run(
    `SELECT relname || ' ' || pg_get_userbyid(relowner) AS owned FROM pg_class WHERE relname IN (${list}) ORDER BY 1`,
    DEMO_DATABASE,
  );
  return rows.map(({ owned }) => String(owned));
}

/** A summary of how a task ended. */
export const summary = ({ code, report }: Ran) =>
  `${code} ${report.outcome} ${report.phase} ${report.proof} ${report.error?.split(':')[0] ?? ''}`.trim();

/** The values of all logins so far, in the form in which a task reads them. */
export const loginsPut = ({ secretValues }: Deployed): { username: string; password: string }[] =>
  [...secretValues]
    .filter((value) => value.startsWith('{"engine"') && value.includes('"username":"taskbound_Taskbound_'))
    .map((value) => JSON.parse(value));
