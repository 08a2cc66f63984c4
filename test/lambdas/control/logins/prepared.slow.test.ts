import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../../../core/secrets/secret.ts';
import { realRig, shopSpec, type RealRig } from '../../../../simulation/logins/login-rigs.ts';

const PASSWORD = 'a-password-that-nobody-else-has';
const GONE = { exists: false, canLogin: false, sessions: 0 };
let rig: RealRig;
beforeAll(async () => {
  rig = await realRig({ max_prepared_transactions: '4' });
});
afterAll(() => rig.stop());

/** Creates a login that leaves a session and a prepared transaction, which locks the login's own row. */
async function leaves(name: string, database: string) {
  const login = { name: `taskbound_Test_${name}`, spec: shopSpec() };
  const { roleId } = await rig.server.make(rig.admin, {
    ...login,
    boundaryId: 'maintenance.one',
    attempt: 1,
    password: new Secret(PASSWORD),
    validUntilMs: new Date().getTime() + 60_000,
  });
  const worker = await rig.client(login.name, PASSWORD, database);
  await worker.query(`BEGIN; ALTER ROLE CURRENT_USER PASSWORD 'x'`);
  await worker.query(`PREPARE TRANSACTION '4111-1111 of ${name}'`);
  return { login: { ...login, roleId }, session: await rig.open(login.name, PASSWORD) };
}

test.each(['demo', 'postgres'])(
  'ending a login rolls back a transaction that it prepared in the database %s and drops the login',
  async (database) => {
    const { login, session } = await leaves(`prepares_in_${database}`, database);
    await rig.server.end(rig.admin, login);
    expect(await session.isOpen()).toBe(false);
    expect(await rig.server.look(rig.admin, login)).toEqual(GONE);
    expect(await rig.run('SELECT gid FROM pg_prepared_xacts')).toEqual([]);
  },
);

test('ending a login names a prepared transaction that the admin cannot reach, and still ends the sessions', async () => {
  await rig.run('CREATE DATABASE closed');
  const { login, session } = await leaves('hides', 'closed');
  await rig.run('REVOKE CONNECT ON DATABASE closed FROM PUBLIC');
  const ending = rig.server.end(rig.admin, login);
  await expect(ending).rejects.toMatchObject({
    name: 'LoginLeftBehind',
    message: expect.stringMatching(/prepared transaction \d+ in database closed/),
  });
  await expect(ending).rejects.not.toThrow(/4111/);
  expect(await session.isOpen()).toBe(false);
  expect(await rig.server.look(rig.admin, login)).toMatchObject({ sessions: 0 });
  await rig.run("ROLLBACK PREPARED '4111-1111 of hides'", 'closed');
  await rig.server.end(rig.admin, login);
  expect(await rig.server.look(rig.admin, login)).toEqual(GONE);
});
