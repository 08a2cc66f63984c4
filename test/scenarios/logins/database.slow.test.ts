import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LocalDatabase } from '../../../cli/local/local-database.ts';
import { DEMO_DATABASE } from '../../../simulation/logins/demo-database.ts';
import {
  deployMaintained,
  GONE,
  loginOf,
  loginsPut,
  maintenance,
  migration,
  ownersOf,
  sightOf,
  startDatabase,
  summary,
  type Maintained,
} from './database.ts';
import { dataOf, whenEntering } from '../evidence/meddle.ts';

let database: LocalDatabase;
let world: Maintained;
beforeAll(async () => {
  database = await startDatabase();
  world = await deployMaintained(database);
});
afterAll(() => database.server.stop());

/** Logs in as the running task, like a worker that leaves its session open. */
async function openSession(login: { username: string; password: string }): Promise<pg.Client> {
  const { host, port } = database.server;
  const { username: user, password } = login;
  const client = new pg.Client({ host, port, user, password, database: DEMO_DATABASE });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

describe('maintenance with its own login', () => {
  test('runs, and the server no longer has the login', async () => {
    const { stack } = world;
    const ran = await stack.run(
      maintenance(stack, { kind: 'vacuum', tables: ['shop.orders', 'shop.customers'] }),
    );
    expect(ran.report.error).toBeNull();
    expect(summary(ran)).toBe('0 succeeded closed refused');
    expect(dataOf(ran.events, 'work.finished')?.['result']).toMatchObject({
      kind: 'vacuum',
      steps: [{ step: 'vacuum shop.orders' }, { step: 'vacuum shop.customers' }],
    });
    const { name } = loginOf(ran.row);
    expect(dataOf(ran.events, 'secret.issued')).toMatchObject({
      kind: 'postgres',
      revocation: 'revocable',
      handle: {
        username: name,
        database: 'demo',
        server: `127.0.0.1:${database.server.port}`,
        validUntil: new Date(ran.row.taskDeadlineMs ?? 0).toISOString(),
        rights:
          'CONNECT ON DATABASE demo; USAGE ON SCHEMA shop; MAINTAIN ON ALL TABLES IN SCHEMA shop; MEMBER OF shop_owner',
      },
    });
    expect(dataOf(ran.events, 'revocation.proven')?.['loginsGone']).toMatchObject([
      { secret: 'database', username: name },
    ]);
    expect(await sightOf(world, ran.row)).toEqual(GONE);
  });

  test('writes its password nowhere, including the log of the server', async () => {
    const { stack } = world;
    const ran = await stack.run(maintenance(stack, { kind: 'reindex', tables: ['shop.orders'] }));
    const passwords = loginsPut(stack).map(({ password }) => password);
    expect(passwords.length).toBeGreaterThan(0);
    const written = JSON.stringify([ran, stack.aws.lambda.host.logs, stack.aws.trail, database.server.log]);
    expect(written).toContain(loginOf(ran.row).name);
    for (const password of passwords) expect(written.includes(password)).toBe(false);
  });

  test('gives the objects of a migration to the owner of the schema', async () => {
    const { stack } = world;
    const sql = `CREATE TABLE shop.parcels (id serial PRIMARY KEY); CREATE VIEW shop.parcel_ids AS SELECT id FROM shop.parcels;
      ALTER TABLE shop.orders ADD COLUMN IF NOT EXISTS parcel_id int`;
    const ran = await stack.run(maintenance(stack, migration(sql)));
    expect(summary(ran)).toBe('0 succeeded closed refused');
    expect(await ownersOf(world, 'parcels', 'parcels_id_seq', 'parcels_pkey', 'parcel_ids')).toEqual([
      'parcel_ids shop_owner',
      'parcels shop_owner',
      'parcels_id_seq shop_owner',
      'parcels_pkey shop_owner',
    ]);
  });

  test('reports where a migration failed, and keeps none of its changes', async () => {
    const { stack } = world;
    const sql = 'CREATE TABLE shop.half (id int); SELECT 1/0';
    const ran = await stack.run(maintenance(stack, migration(sql)));
    expect(summary(ran)).toBe('1 failed closed refused StepFailed');
    expect(ran.report.error).toMatch(/statement 2, SQLSTATE 22012 \(division_by_zero\)/);
    expect(await ownersOf(world, 'half')).toEqual([]);
  });

  test.each([
    ['a cast', 'SELECT name::bigint FROM shop.secretive', /statement 3, SQLSTATE 22P02 \(invalid_text/],
    [
      'a constraint',
      'INSERT INTO shop.secretive SELECT name FROM shop.secretive',
      /statement 3, SQLSTATE 23505 \(unique_violation\), schema shop, table secretive, constraint secretive_pkey/,
    ],
    [
      'an exception that the migration raises',
      "DO $$ DECLARE seen text := (SELECT name FROM shop.secretive); BEGIN RAISE EXCEPTION '%', seen USING HINT = seen, DETAIL = seen, TABLE = seen; END $$",
      /statement 3, SQLSTATE P0001 \(raise_exception\)\. Done before/,
    ],
    ['a syntax error', "SELEC 'x'", /failed: SQLSTATE 42601 \(syntax_error\), character \d+/],
  ])('writes no contents of the database when a migration fails on them: %s', async (_what, sql, why) => {
    const { stack } = world;
    // No set contains the value. Only the database computes it.
    const cell = createHash('md5').update('a cell').digest('hex');
    const begin = `CREATE TABLE shop.secretive (name text PRIMARY KEY); INSERT INTO shop.secretive SELECT md5('a cell'); `;
    const ran = await stack.run(maintenance(stack, migration(begin + sql)));
    expect(summary(ran)).toBe('1 failed closed refused StepFailed');
    expect(ran.report.error).toMatch(why);
    const { logs } = stack.aws.lambda.host;
    expect(JSON.stringify([ran, logs, stack.aws.trail])).not.toContain(cell);
  });

  test('does not run a set that was changed after the request', async () => {
    const { stack } = world;
    const ran = await stack.run(maintenance(stack, migration('DROP TABLE shop.orders'), 'a'.repeat(64)));
    expect(summary(ran)).toBe('1 failed closed refused DigestMismatch');
    expect(await ownersOf(world, 'orders')).toEqual(['orders shop_owner']);
  });

  test('ends a session that the worker leaves open, and accepts no new one', async () => {
    const { stack } = world;
    const sessions: Promise<pg.Client>[] = [];
    const before = loginsPut(stack).length;
    whenEntering(stack, 'RunWork', () => {
      const login = loginsPut(stack).slice(before)[0];
      const release = stack.aws.clock.hold();
      if (login) sessions.push(openSession(login).finally(release));
    });
    const ran = await stack.run(maintenance(stack, { kind: 'vacuum', tables: ['shop.orders'] }));
    expect(summary(ran)).toBe('0 succeeded closed refused');
    const [session] = await Promise.all(sessions);
    await expect(session?.query('SELECT 1')).rejects.toThrow();
    const [login] = loginsPut(stack).slice(before);
    await expect(openSession(login ?? { username: '', password: '' })).rejects.toThrow(
      /authentication failed/,
    );
  });
});
