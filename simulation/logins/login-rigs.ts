import { systemClock } from 'taskbound-time/system-clock';
import pg from 'pg';
import type { PostgresSpec } from '../../core/logins/login.ts';
import { Secret } from '../../core/secrets/secret.ts';
import { adminAccessIn, type AdminAccess } from '../../lambdas/control/logins/admin-access.ts';
import type { LoginServer } from '../../lambdas/control/logins/login-server.ts';
import { pgLoginServer } from '../../lambdas/control/logins/pg-login-server.ts';
import type { LocalDatabase } from '../../cli/local/local-database.ts';
import { DEMO_DATABASE, startDemoDatabase } from './demo-database.ts';
import { PostgresModel, type ObjectKind } from './postgres-model.ts';

/**
 * A database server for the contract tests. In addition to the port `LoginServer`, it lets a test use a login as a task does, and inspect
 * the server.
 */
export interface Rig {
  readonly server: LoginServer;
  readonly admin: AdminAccess;
  open(name: string, password: string): Promise<RigSession>;
  ownerOf(object: string): Promise<string | undefined>;
  drop(kind: ObjectKind, object: string): Promise<void>;
  stop(): Promise<void>;
}

interface RigSession {
  create(kind: ObjectKind, object: string): Promise<void>;
  isOpen(): Promise<boolean>;
  /** Changes the login's own role and keeps the transaction open. PostgreSQL allows this to every role. */
  holdOwnRow(): Promise<void>;
}

export const shopSpec = (change: Partial<PostgresSpec> = {}): PostgresSpec => ({
  kind: 'postgres',
  adminSecretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:Admin-AbCdEf',
  database: DEMO_DATABASE,
  owner: 'shop_owner',
  rights: [
    { on: 'database', privileges: ['CONNECT'] },
    { on: 'schema', schema: 'shop', privileges: ['USAGE'] },
    { on: 'allTables', schema: 'shop', privileges: ['MAINTAIN'] },
  ],
  memberOf: ['shop_owner'],
  connections: 3,
  ...change,
});

export async function modelRig(): Promise<Rig> {
  const model = new PostgresModel(() => systemClock.nowMs());
  return {
    server: model,
    admin: { host: 'model', port: 5432, sslmode: 'disable', username: 'admin', password: new Secret('x') },
    open: async (name, password) => {
      const session = model.open(name, password);
      return {
        create: async (kind, object) => model.create(session, kind, object),
        isOpen: async () => session.isOpen,
        holdOwnRow: async () => undefined, // the model has no locks; the test then only shows that a login is ended with one call
      };
    },
    ownerOf: async (object) => model.objects.get(object)?.owner,
    drop: async (_kind, object) => void model.objects.delete(object),
    stop: async () => undefined,
  };
}

/** A rig with a real server, with further functions. */
export type RealRig = Rig & {
  readonly log: readonly string[];
  /** Runs statements as the superuser. */
  run: LocalDatabase['server']['run'];
  /** A session of a login for any statement. */
  client(name: string, password: string, database?: string): Promise<pg.Client>;
};

/** The server logs every statement, so a test can check that it does not log secrets. */
export async function realRig(settings: Readonly<Record<string, string>> = {}): Promise<RealRig> {
  const { server, adminSecret } = await startDemoDatabase({
    settings: { log_statement: 'all', log_min_error_statement: 'debug5', ...settings },
  });
  const admin = adminAccessIn(adminSecret, 'admin');
  const client: RealRig['client'] = (name, password, database = DEMO_DATABASE) =>
    opened({ host: admin.host, port: admin.port, user: name, password, database });
  return {
    server: pgLoginServer,
    admin,
    log: server.log,
    run: server.run,
    client,
    open: async (name, password) => sessionOf(await client(name, password)),
    ownerOf: async (object) => {
      const [row] = await server.run(`${OWNERS} WHERE name = '${object}'`, DEMO_DATABASE);
      return row === undefined ? undefined : String(row['owner']);
    },
    drop: async (kind, object) => {
      await server.run(`DROP ${kind.replace('SECURITY DEFINER ', '')} shop.${object}`, DEMO_DATABASE);
    },
    stop: () => server.stop(),
  };
}

const OWNERS = `SELECT owner FROM (
  SELECT relname::text AS name, pg_get_userbyid(relowner) AS owner FROM pg_class
  UNION ALL SELECT proname::text, pg_get_userbyid(proowner) FROM pg_proc) AS owners`;

const STATEMENTS: Readonly<Record<ObjectKind, (object: string) => string>> = {
  table: (object) => `CREATE TABLE shop.${object} (id serial PRIMARY KEY)`,
  view: (object) => `CREATE VIEW shop.${object} AS SELECT id FROM shop.orders`,
  function: (object) => `CREATE FUNCTION shop.${object}() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  'SECURITY DEFINER function': (object) =>
    `CREATE FUNCTION shop.${object}() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`,
};

async function opened(config: pg.ClientConfig): Promise<pg.Client> {
  const client = new pg.Client(config);
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

const sessionOf = (client: pg.Client): RigSession => ({
  create: async (kind, object) => void (await client.query(STATEMENTS[kind](object))),
  holdOwnRow: async () => void (await client.query("BEGIN; ALTER ROLE CURRENT_USER PASSWORD 'another'")),
  isOpen: () =>
    client.query('SELECT 1').then(
      () => true,
      () => false,
    ),
});
