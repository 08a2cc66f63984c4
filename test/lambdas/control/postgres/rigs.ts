import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { PostgresSpec } from '../../../../core/login.ts';
import { Secret } from '../../../../core/secret.ts';
import { adminAccessIn, type AdminAccess } from '../../../../lambdas/control/postgres/admin-access.ts';
import type { LoginServer } from '../../../../lambdas/control/postgres/login-server.ts';
import { pgLoginServer } from '../../../../lambdas/control/postgres/pg-login-server.ts';
import { DEMO_DATABASE, startDemoDatabase } from '../../../../local/demo-database.ts';
import { PostgresModel, type Made } from '../../../faults/postgres-model.ts';

/** What the contract needs of a server besides its port: to use a login as a task would, and to look behind its back. */
export interface Rig {
  readonly server: LoginServer;
  readonly admin: AdminAccess;
  open(name: string, password: string): Promise<RigSession>;
  ownerOf(object: string): Promise<string | undefined>;
  drop(kind: Made, object: string): Promise<void>;
  stop(): Promise<void>;
}

export interface RigSession {
  create(kind: Made, object: string): Promise<void>;
  isOpen(): Promise<boolean>;
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
  const model = new PostgresModel(() => Date.parse(new Date().toISOString()));
  return {
    server: model,
    admin: { host: 'model', port: 5432, sslmode: 'disable', username: 'admin', password: new Secret('x') },
    open: async (name, password) => {
      const session = model.open(name, password);
      return {
        create: async (kind, object) => model.create(session, kind, object),
        isOpen: async () => session.isOpen,
      };
    },
    ownerOf: async (object) => model.objects.get(object)?.owner,
    drop: async (_kind, object) => void model.objects.delete(object),
    stop: async () => undefined,
  };
}

export const demoScript = (): string =>
  readFileSync(new URL('../../../../examples/database/demo.sql', import.meta.url), 'utf8');

/** With every statement in the server's log: what must not stand there can be looked for. */
export async function realRig(): Promise<Rig & { readonly log: readonly string[] }> {
  const { server, adminSecret } = await startDemoDatabase(demoScript(), {
    settings: { log_statement: 'all', log_min_error_statement: 'debug5' },
  });
  const admin = adminAccessIn(adminSecret, 'admin');
  return {
    server: pgLoginServer,
    admin,
    log: server.log,
    open: (name, password) => openReal({ ...admin, name, password }),
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

const STATEMENTS: Readonly<Record<Made, (object: string) => string>> = {
  table: (object) => `CREATE TABLE shop.${object} (id serial PRIMARY KEY)`,
  view: (object) => `CREATE VIEW shop.${object} AS SELECT id FROM shop.orders`,
  function: (object) => `CREATE FUNCTION shop.${object}() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  'SECURITY DEFINER function': (object) =>
    `CREATE FUNCTION shop.${object}() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`,
};

async function openReal({
  host,
  port,
  name,
  password,
}: Pick<AdminAccess, 'host' | 'port'> & { name: string; password: string }): Promise<RigSession> {
  const client = new pg.Client({ host, port, user: name, password, database: DEMO_DATABASE });
  client.on('error', () => undefined);
  await client.connect();
  return {
    create: async (kind, object) => void (await client.query(STATEMENTS[kind](object))),
    isOpen: () =>
      client.query('SELECT 1').then(
        () => true,
        () => false,
      ),
  };
}
