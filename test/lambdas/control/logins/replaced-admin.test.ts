import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../../core/secrets/secret.ts';
import type { AdminAccess } from '../../../../lambdas/control/logins/admin-access.ts';
import { realRig, shopSpec, type RealRig } from '../../../../simulation/logins/login-rigs.ts';

const PASSWORD = 'a-password-that-nobody-else-has';
const GONE = { exists: false, canLogin: false, sessions: 0 };
/** What a second admin needs, according to the guide. */
const RIGHTS = (name: string) =>
  `GRANT shop_owner TO ${name} WITH ADMIN TRUE, INHERIT TRUE, SET TRUE; GRANT pg_signal_backend TO ${name}`;

let rig: RealRig;
beforeAll(async () => {
  rig = await realRig();
});
afterAll(() => rig.stop());

const adminNamed = (username: string): AdminAccess => ({
  ...rig.admin,
  username,
  password: new Secret(PASSWORD),
});

async function made(name: string, admin: AdminAccess = rig.admin, spec = shopSpec()) {
  const login = { name: `taskbound_Test_${name}`, spec };
  const { roleId } = await rig.server.make(admin, {
    ...login,
    boundaryId: 'maintenance.one',
    attempt: 1,
    password: new Secret(PASSWORD),
    validUntilMs: new Date().getTime() + 60_000,
  });
  const session = await rig.open(login.name, PASSWORD);
  return { login: { ...login, roleId }, session };
}

describe('a login whose admin was replaced in the admin secret', () => {
  test('is ended by another role that could have been the admin when it was made', async () => {
    await rig.run(`CREATE ROLE second LOGIN CREATEROLE PASSWORD '${PASSWORD}'; ${RIGHTS('second')}`);
    const { login, session } = await made('moved');
    await session.create('function', 'made_before');
    await rig.server.end(adminNamed('second'), login);
    expect(await session.isOpen()).toBe(false);
    expect(await rig.server.look(rig.admin, login)).toEqual(GONE);
    expect(await rig.ownerOf('made_before')).toBe('shop_owner');
  });

  test('is made and ended by alternating users, of which one is a member of the other and has no attributes', async () => {
    await rig.run(`CREATE ROLE clone LOGIN PASSWORD '${PASSWORD}'; GRANT taskbound_admin TO clone`);
    const first = await made('first_user');
    await first.session.create('table', 'made_by_first');
    await rig.server.end(adminNamed('clone'), first.login);
    const second = await made('second_user', adminNamed('clone'));
    await rig.server.end(rig.admin, second.login);
    for (const { login, session } of [first, second]) {
      expect(await session.isOpen()).toBe(false);
      expect(await rig.server.look(adminNamed('clone'), login)).toEqual(GONE);
    }
    expect(await rig.ownerOf('made_by_first')).toBe('shop_owner');
  });

  test('is left without sessions and rights by an admin that came later, with a remedy that works', async () => {
    const { login, session } = await made('orphaned', rig.admin, shopSpec({ memberOf: [] }));
    await rig.run(`CREATE ROLE later LOGIN CREATEROLE PASSWORD '${PASSWORD}'; ${RIGHTS('later')}`);
    const ending = rig.server.end(adminNamed('later'), login);
    await expect(ending).rejects.toMatchObject({
      name: 'LoginLeftBehind',
      message: expect.stringMatching(/it cannot be disabled, because later may not.*can log in until/),
    });
    expect(await session.isOpen()).toBe(false);
    const rights = await rig.run(
      `SELECT relname FROM pg_class, aclexplode(relacl) WHERE grantee = ${login.roleId}`,
      'demo',
    );
    expect(rights).toEqual([]);
    const message = await ending.catch((error: Error) => error.message);
    const [, remedy] = /Run (GRANT "taskbound_admin" TO "later")/.exec(String(message)) ?? [];
    await rig.run(String(remedy));
    await rig.server.end(adminNamed('later'), login);
    expect(await rig.server.look(rig.admin, login)).toEqual(GONE);
  });
});

describe('a login that could not be ended', () => {
  const refused = (name: string, spec = shopSpec()) => expect(made(name, adminNamed('weak'), spec)).rejects;

  test('is not made: the admin may not give objects away, end sessions, or let owner have objects in a schema', async () => {
    await rig.run(
      `CREATE ROLE weak LOGIN CREATEROLE PASSWORD '${PASSWORD}'; GRANT shop_owner TO weak WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`,
    );
    await refused('no_owner').toMatchObject({
      name: 'LoginNotEndable',
      message: expect.stringMatching(/Run GRANT "shop_owner" TO "weak" WITH INHERIT TRUE, SET TRUE/),
    });
    await rig.run('GRANT shop_owner TO weak WITH ADMIN TRUE, INHERIT TRUE, SET TRUE');
    await refused('no_signal').toMatchObject({
      name: 'LoginNotEndable',
      message: expect.stringMatching(/Run GRANT pg_signal_backend TO "weak"/),
    });
    await rig.run('GRANT pg_signal_backend TO weak');
    await rig.run('CREATE SCHEMA vault', 'demo');
    await rig.run(
      'CREATE ROLE builder; GRANT CREATE ON SCHEMA vault TO builder; GRANT builder TO weak WITH ADMIN TRUE, INHERIT TRUE, SET TRUE',
      'demo',
    );
    const spec = shopSpec({ memberOf: ['shop_owner', 'builder'] });
    await refused('no_schema', spec).toMatchObject({
      name: 'LoginNotEndable',
      message: expect.stringMatching(/Run GRANT CREATE ON SCHEMA "vault" TO "shop_owner"/),
    });
    expect(await rig.run("SELECT rolname FROM pg_roles WHERE rolname LIKE '%taskbound_Test_no_%'")).toEqual(
      [],
    );
    await rig.run('GRANT CREATE ON SCHEMA vault TO shop_owner', 'demo');
    const { login } = await made('all', adminNamed('weak'), spec);
    await rig.server.end(adminNamed('weak'), login);
    expect(await rig.server.look(rig.admin, login)).toEqual(GONE);
  });
});
