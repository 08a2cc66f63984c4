import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../../core/secret.ts';
import { adminAccessIn } from '../../../../lambdas/control/postgres/admin-access.ts';
import { realRig, shopSpec, type RealRig } from './rigs.ts';

const PASSWORD = 'a-password-that-nobody-else-has';
let rig: RealRig;
beforeAll(async () => {
  rig = await realRig();
});
afterAll(() => rig.stop());

const made = async (name: string, spec = shopSpec()) => {
  const login = { name: `taskbound_Test_${name}`, spec };
  const { roleId } = await rig.server.make(rig.admin, {
    ...login,
    boundaryId: 'maintenance.one',
    attempt: 1,
    password: new Secret(PASSWORD),
    validUntilMs: new Date().getTime() + 60_000,
  });
  return { ...login, roleId };
};

/** Which of the shop's tables a role has rights on. */
const rightsOf = (roleId: string) =>
  rig.run(
    `SELECT relname FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'shop'::regnamespace AND grantee = ${roleId}`,
    'demo',
  );

describe('what only PostgreSQL can show', () => {
  test('no statement has the password in it', async () => {
    const login = await made('quiet');
    await rig.open(login.name, PASSWORD);
    await rig.server.end(rig.admin, login);
    const log = rig.log.join('');
    expect(log).toContain(`CREATE ROLE "${login.name}"`);
    expect(log).toContain('SCRAM-SHA-256$4096:');
    expect(log).not.toContain(PASSWORD);
  });

  test('a login has the rights that it was given, and no others', async () => {
    const login = await made('narrow', shopSpec({ memberOf: [] }));
    const session = await rig.open(login.name, PASSWORD);
    await expect(session.create('table', 'forbidden')).rejects.toThrow(/permission denied for schema shop/);
    await rig.server.end(rig.admin, login);
  });

  test('rights that cannot be given leave no login behind', async () => {
    const spec = shopSpec({
      rights: [{ on: 'tables', schema: 'shop', tables: ['missing'], privileges: ['SELECT'] }],
    });
    await expect(made('none', spec)).rejects.toMatchObject({
      name: 'LoginServerUnavailable',
      message: expect.stringMatching(/relation "shop\.missing" does not exist \(42P01\)/),
    });
    const at = { name: 'taskbound_Test_none', spec };
    expect((await rig.server.look(rig.admin, at)).exists).toBe(false);
  });

  test('a worker that changes its password again and again, in as many sessions as it has, is shut out', async () => {
    const login = await made('restless');
    let isOver = false;
    const restless = async (): Promise<void> => {
      while (!isOver)
        try {
          const session = await rig.client(login.name, PASSWORD);
          for (;;) await session.query(`ALTER ROLE CURRENT_USER PASSWORD '${PASSWORD}'`);
        } catch {
          // ended, or in the way of another: once more
        }
    };
    const workers = [restless(), restless(), restless()];
    await rig.server.end(rig.admin, login).finally(() => (isOver = true));
    await Promise.all(workers);
    expect(await rig.server.look(rig.admin, login)).toEqual({ exists: false, canLogin: false, sessions: 0 });
  });

  test('a user who takes advisory locks, and gives the login rights of their own, stops nobody', async () => {
    await rig.run(`CREATE ROLE meddler LOGIN PASSWORD '${PASSWORD}'`);
    const meddler = await rig.client('meddler', PASSWORD);
    const login = await made('meddled_with');
    await meddler.query(`CREATE TEMPORARY TABLE own (); GRANT SELECT ON own TO "${login.name}"`);
    await meddler.query("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('taskbound logins', 0))");
    const second = await made('meddled_with_too');
    await rig.server.end(rig.admin, second);
    expect(await rig.server.look(rig.admin, second)).toMatchObject({ exists: false });
    await expect(rig.server.end(rig.admin, login)).rejects.toMatchObject({ name: 'LoginLeftBehind' });
    expect(await rightsOf(login.roleId)).toEqual([]);
    await meddler.end();
    await rig.server.end(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toMatchObject({ exists: false });
  });

  test('logins of different owners, who take no turns, are made and ended at once', async () => {
    await rig.run(
      'CREATE ROLE other_owner; GRANT other_owner TO taskbound_admin WITH INHERIT TRUE, ADMIN TRUE',
    );
    const names = Array.from({ length: 6 }, (_, index) => `${index}`);
    const spec = (index: string) => shopSpec(Number(index) % 2 === 0 ? {} : { owner: 'other_owner' });
    const logins = await Promise.all(names.map((index) => made(`owned_${index}`, spec(index))));
    await Promise.all(logins.map((login) => rig.server.end(rig.admin, login)));
    expect(await rig.run("SELECT rolname FROM pg_roles WHERE rolname LIKE '%owned%'")).toEqual([]);
  });

  test('a server that is down, and an admin whom it does not know, are told as such and without the password', async () => {
    const at = { name: 'x', spec: shopSpec() };
    const down = rig.server.look({ ...rig.admin, port: 1 }, at);
    await expect(down).rejects.toThrow(/127\.0\.0\.1:1 did not do .*ECONNREFUSED/);
    const stranger = rig.server.look({ ...rig.admin, password: new Secret('wrong-password') }, at);
    await expect(stranger).rejects.toThrow(/password authentication failed for user "taskbound_admin"/);
    await expect(stranger).rejects.not.toThrow(/wrong-password/);
  });
});

describe('an admin secret', () => {
  test('that has not the form of RDS is told by its fields, not by its values', () => {
    for (const text of ['hunter2', '{"host":"h","username":7,"password":"hunter2"}']) {
      expect(() => adminAccessIn(text, 'arn')).toThrow(/does not have the form/);
      expect(() => adminAccessIn(text, 'arn')).not.toThrow(/hunter2/);
    }
  });

  test('with an authority’s certificate means that the server’s is checked', () => {
    const plain = { host: 'h', username: 'u', password: 'p' };
    expect(adminAccessIn(JSON.stringify(plain), 'arn')).toMatchObject({ port: 5432, sslmode: 'disable' });
    expect(adminAccessIn(JSON.stringify({ ...plain, ca: 'PEM' }), 'arn').sslmode).toBe('verify-full');
  });
});
