import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../../../core/secrets/secret.ts';
import { openPgLoginServer } from '../../../../lambdas/control/logins/pg-login-server.ts';
import { realRig, shopSpec, type RealRig } from '../../../../simulation/logins/login-rigs.ts';
import { startPostgresProxy } from '../../../../simulation/logins/postgres-proxy.ts';

const PASSWORD = 'a-password-that-nobody-else-has';
const GONE = { exists: false, canLogin: false, sessions: 0 };
const TABLES = 2_500;
/** The function's time, seconds. */
const FUNCTION_SECONDS = 30;

let rig: RealRig;
beforeAll(async () => {
  // A transaction can lock about 1,600 objects: fewer than a login may make.
  rig = await realRig({ max_locks_per_transaction: '10', log_statement: 'none' });
  await rig.run('CREATE SCHEMA wide AUTHORIZATION shop_owner', 'demo');
  for (let made = 0; made < TABLES; made += 100)
    await rig.run(`SET ROLE shop_owner; ${manyTables('wide.t', made)}`, 'demo');
});
afterAll(() => rig.stop());

const manyTables = (prefix: string, from: number) =>
  `DO $$ BEGIN FOR n IN ${from + 1}..${from + 100} LOOP EXECUTE format('CREATE TABLE ${prefix}%s (id serial PRIMARY KEY, name text)', n); END LOOP; END $$`;

const orderOf = (name: string, spec = shopSpec()) => ({
  name: `taskbound_Test_${name}`,
  spec,
  boundaryId: 'maintenance.one',
  attempt: 1,
  password: new Secret(PASSWORD),
  validUntilMs: new Date().getTime() + 600_000,
});

const wideSpec = shopSpec({
  rights: [{ on: 'allTables', schema: 'wide', privileges: ['SELECT', 'UPDATE'] }],
});

const rightsOf = async (roleId: string): Promise<number> => {
  const [row] = await rig.run(
    `SELECT count(*)::int AS rights FROM pg_shdepend WHERE refobjid = ${roleId} AND deptype = 'a'`,
    'demo',
  );
  return Number(row?.['rights']);
};

test('a function that is killed while it ends a login has made progress, and the next one finishes', async () => {
  const order = orderOf('killed', wideSpec);
  const { roleId } = await rig.server.make(rig.admin, order);
  const proxy = await startPostgresProxy(rig.admin);
  const before = await rightsOf(roleId);
  expect(before).toBeGreaterThanOrEqual(TABLES);
  const killed = openPgLoginServer();
  proxy.cutAfter(20); // to connect, to disable, to read, and the first revocations
  await expect(killed.end({ ...rig.admin, port: proxy.port }, order)).rejects.toMatchObject({
    name: 'LoginServerUnavailable',
  });
  await killed.close();
  await proxy.close();
  expect(await rig.server.look(rig.admin, order)).toEqual({ exists: true, canLogin: false, sessions: 0 });
  expect(await rightsOf(roleId)).toBeLessThan(before);
  await rig.server.end(rig.admin, order);
  expect(await rig.server.look(rig.admin, { ...order, roleId })).toEqual(GONE);
});

test('more objects than a transaction can lock are given to the owner, within the function’s time', async () => {
  const order = orderOf('busy');
  const { roleId } = await rig.server.make(rig.admin, order);
  const session = await rig.client(order.name, PASSWORD);
  for (let made = 0; made < 1_000; made += 100) await session.query(manyTables('shop.made', made));
  for (let made = 0; made < 2_000; made += 500)
    await session.query('SELECT lo_create(0) FROM generate_series(1, 500)');
  const startedMs = performance.now();
  await rig.server.end(rig.admin, { ...order, roleId });
  expect((performance.now() - startedMs) / 1000).toBeLessThan(FUNCTION_SECONDS);
  expect(await rig.server.look(rig.admin, { ...order, roleId })).toEqual(GONE);
  expect(await rig.ownerOf('made1000')).toBe('shop_owner');
});

test('an object that someone else locks does not keep the others from being given away', async () => {
  const order = orderOf('locked');
  const { roleId } = await rig.server.make(rig.admin, order);
  const session = await rig.client(order.name, PASSWORD);
  await session.query('CREATE TABLE shop.in_use (id int); CREATE TABLE shop.not_in_use (id int)');
  await rig.run(`CREATE ROLE reader LOGIN SUPERUSER PASSWORD '${PASSWORD}'`);
  const reader = await rig.client('reader', PASSWORD);
  await reader.query('BEGIN; SELECT FROM shop.in_use');
  const ending = rig.server.end(rig.admin, { ...order, roleId });
  await expect(ending).rejects.toMatchObject({
    name: 'LoginLeftBehind',
    message: expect.stringMatching(
      /table shop\.in_use \(SQLSTATE 55P03 \(lock_not_available\)\).*has no session/,
    ),
  });
  expect(await rig.ownerOf('not_in_use')).toBe('shop_owner');
  await reader.query('COMMIT');
  await rig.server.end(rig.admin, { ...order, roleId });
  expect(await rig.server.look(rig.admin, { ...order, roleId })).toEqual(GONE);
  expect(await rig.ownerOf('in_use')).toBe('shop_owner');
});
