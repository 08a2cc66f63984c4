import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AdminConnections } from '../../../../lambdas/control/logins/admin-connections.ts';
import { openPgLoginServer, type PgLoginServer } from '../../../../lambdas/control/logins/pg-login-server.ts';
import { Secret } from '../../../../core/secrets/secret.ts';
import { realRig, shopSpec, type RealRig } from '../../../../simulation/logins/login-rigs.ts';
import { startPostgresProxy, type PostgresProxy } from '../../../../simulation/logins/postgres-proxy.ts';

const NEVER = { name: 'taskbound_Test_never', spec: shopSpec() };
const GONE = { exists: false, canLogin: false, sessions: 0 };

let rig: RealRig;
let proxy: PostgresProxy;
let server: PgLoginServer;
let nowMs = 0;
beforeAll(async () => {
  rig = await realRig();
});
afterAll(() => rig.stop());
beforeEach(async () => {
  proxy = await startPostgresProxy(rig.admin);
  server = openPgLoginServer({ nowMs: () => nowMs });
});
afterEach(async () => {
  await server.close();
  await proxy.close();
});

const admin = () => ({ ...rig.admin, port: proxy.port });
const look = (access = admin()) => server.look(access, NEVER);
/** The server's processes for the admin. */
const backends = async () => {
  const rows = await rig.run("SELECT pid FROM pg_stat_activity WHERE usename = 'taskbound_admin'");
  return rows.map(({ pid }) => Number(pid));
};
const orderOf = (name: string) => ({
  name: `taskbound_Test_${name}`,
  spec: shopSpec(),
  boundaryId: 'maintenance.one',
  attempt: 1,
  password: new Secret('a-password'),
  validUntilMs: new Date().getTime() + 60_000,
});

describe('connections of an admin', () => {
  test('are kept between calls, so that a login takes five round trips', async () => {
    await look();
    const before = { ...proxy.traffic };
    const order = orderOf('kept');
    const { roleId } = await server.make(admin(), order);
    await server.end(admin(), order);
    expect(await server.look(admin(), { ...order, roleId })).toEqual(GONE);
    expect(proxy.traffic.connections).toBe(before.connections);
    expect(proxy.traffic.roundTrips - before.roundTrips).toBe(5);
  });

  test('are at most four to one database, whatever is asked at once', async () => {
    await Promise.all(Array.from({ length: 20 }, () => look()));
    expect(proxy.traffic.connections).toBe(4);
  });

  test('are replaced when the server has ended them', async () => {
    await look();
    await rig.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'taskbound_admin'");
    nowMs += 2_000;
    expect(await look()).toEqual(GONE);
    expect(proxy.traffic.connections).toBe(2);
  });

  test('are tried after a pause, and replaced when they do not answer', async () => {
    await look();
    nowMs += 2_000;
    await look();
    expect(proxy.traffic.connections).toBe(1);
    nowMs += 2_000;
    proxy.isStalled = true;
    const looking = look();
    await expect.poll(() => proxy.traffic.connections, { timeout: 3_000 }).toBe(2);
    proxy.isStalled = false;
    await looking.catch(() => undefined); // the new connection may have been stalled as well
    expect(await look()).toEqual(GONE);
  });

  test('are not used after a minute, and the server ends them by itself', async () => {
    await look();
    const [before] = await backends();
    nowMs += 61_000;
    await look();
    const after = await backends();
    expect(after).not.toContain(before);
    const connections = new AdminConnections({ nowMs: () => nowMs });
    const { client, release } = await connections.borrow(admin(), 'demo');
    const { rows } = await client.query('SHOW idle_session_timeout');
    expect(rows).toEqual([{ idle_session_timeout: '1min' }]);
    release(true);
    await connections.close();
  });

  test('are replaced when the password is rotated', async () => {
    await rig.run("CREATE ROLE rotated LOGIN PASSWORD 'before'");
    const access = (password: string) => ({
      ...admin(),
      username: 'rotated',
      password: new Secret(password),
    });
    await look(access('before'));
    await rig.run("ALTER ROLE rotated PASSWORD 'after'");
    await look(access('after'));
    const count = "SELECT count(*)::int AS open FROM pg_stat_activity WHERE usename = 'rotated'";
    await expect.poll(async () => (await rig.run(count))[0]?.['open']).toBe(1);
    await expect(look(access('wrong'))).rejects.toThrow(/28P01/);
  });

  test('are not kept after an error, nor after acting as another role', async () => {
    await look();
    const order = orderOf('granting');
    await expect(
      server.make(admin(), { ...order, spec: shopSpec({ memberOf: ['nobody'] }) }),
    ).rejects.toThrow(/42704 \(undefined_object\), at: GRANT "nobody" TO/);
    const { roleId } = await server.make(admin(), order);
    const login = await rig.client(order.name, 'a-password');
    await login.query('GRANT SELECT ON shop.orders TO CURRENT_USER WITH GRANT OPTION');
    await login.query(`GRANT SELECT (id) ON shop.orders TO "${order.name}"`);
    await server.end(admin(), order);
    expect(await server.look(admin(), { ...order, roleId })).toEqual(GONE);
    const roles = await backends();
    expect(roles.length).toBeLessThanOrEqual(1);
  });
});
