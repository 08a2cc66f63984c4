import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Secret } from '../../../../core/secrets/secret.ts';
import type { LoginOrder } from '../../../../lambdas/control/logins/login-server.ts';
import { modelRig, realRig, shopSpec, type Rig } from '../../../../simulation/logins/login-rigs.ts';

let numbered = 0;
const PASSWORD = 'correct-horse-battery-staple';
const order = (change: Partial<LoginOrder> = {}): LoginOrder => ({
  name: `taskbound_Test_login"${(numbered += 1)}`,
  spec: shopSpec(),
  boundaryId: 'maintenance.one',
  attempt: 1,
  password: new Secret(PASSWORD),
  validUntilMs: new Date().getTime() + 60_000,
  ...change,
});

describe.each([
  ['the model', modelRig],
  ['PostgreSQL', realRig],
])('a login server: %s', (_name, open) => {
  let rig: Rig;
  beforeAll(async () => {
    rig = await open();
  });
  afterAll(() => rig.stop());

  const made = async (change: Partial<LoginOrder> = {}) => {
    const wanted = order(change);
    const { roleId } = await rig.server.make(rig.admin, wanted);
    return { ...wanted, roleId };
  };
  const gone = { exists: false, canLogin: false, sessions: 0 };

  test('creates a working login and removes it completely', async () => {
    const login = await made();
    const session = await rig.open(login.name, PASSWORD);
    expect(await rig.server.look(rig.admin, login)).toEqual({ exists: true, canLogin: true, sessions: 1 });
    await rig.server.end(rig.admin, login);
    expect(await session.isOpen()).toBe(false);
    expect(await rig.server.look(rig.admin, login)).toEqual(gone);
    await expect(rig.open(login.name, PASSWORD)).rejects.toThrow(/password authentication failed/);
  });

  test('reports a login that never existed as gone', async () => {
    const never = order();
    await rig.server.end(rig.admin, never);
    expect(await rig.server.look(rig.admin, never)).toEqual(gone);
  });

  test('ends a login again without an error', async () => {
    const login = await made();
    await rig.server.end(rig.admin, login);
    await rig.server.end(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toEqual(gone);
  });

  test('ends a session with an open ALTER ROLE of its own login and drops the login in one call', async () => {
    const login = await made();
    const session = await rig.open(login.name, PASSWORD);
    await session.holdOwnRow();
    await rig.server.end(rig.admin, login);
    expect(await session.isOpen()).toBe(false);
    expect(await rig.server.look(rig.admin, login)).toEqual(gone);
  });

  test('enforces the password, the deadline and the number of sessions', async () => {
    const login = await made();
    await expect(rig.open(login.name, 'another')).rejects.toThrow(/password authentication failed/);
    for (let opened = 0; opened < login.spec.connections; opened += 1) await rig.open(login.name, PASSWORD);
    await expect(rig.open(login.name, PASSWORD)).rejects.toThrow(/too many connections/);
    const late = await made({ validUntilMs: new Date().getTime() - 1_000 });
    await expect(rig.open(late.name, PASSWORD)).rejects.toThrow(/password authentication failed/);
    for (const each of [login, late]) await rig.server.end(rig.admin, each);
  });

  test('lets a later attempt take over the login of an earlier one, and never the reverse', async () => {
    const login = await made();
    const later = { ...login, attempt: 2, password: new Secret('another-password') };
    expect(await rig.server.make(rig.admin, later)).toEqual({ roleId: login.roleId });
    await expect(rig.open(login.name, PASSWORD)).rejects.toThrow(/password authentication failed/);
    await rig.open(login.name, 'another-password');
    for (const stale of [login, later, { ...login, attempt: 3, boundaryId: 'maintenance.other' }])
      await expect(rig.server.make(rig.admin, stale)).rejects.toMatchObject({ name: 'HalfIssued' });
    await rig.open(login.name, 'another-password');
    await rig.server.end(rig.admin, login);
  });

  test('creates and ends many logins at the same time', async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => made()));
    await Promise.all(all.map((login) => rig.server.end(rig.admin, login)));
    for (const login of all) expect(await rig.server.look(rig.admin, login)).toEqual(gone);
  });

  test('gives the objects of the login to the owner', async () => {
    const login = await made();
    const session = await rig.open(login.name, PASSWORD);
    await session.create('table', 'kept_table');
    await session.create('view', 'kept_view');
    await session.create('function', 'kept_function');
    expect(await rig.ownerOf('kept_table')).toBe(login.name);
    await rig.server.end(rig.admin, login);
    for (const object of ['kept_table', 'kept_view', 'kept_function'])
      expect(await rig.ownerOf(object)).toBe('shop_owner');
    expect(await rig.server.look(rig.admin, login)).toEqual(gone);
  });

  test('keeps the login locked while it owns a SECURITY DEFINER function, until a person drops that function', async () => {
    const login = await made();
    const session = await rig.open(login.name, PASSWORD);
    await session.create('SECURITY DEFINER function', 'trap');
    for (let tries = 0; tries < 2; tries += 1) {
      await expect(rig.server.end(rig.admin, login)).rejects.toMatchObject({
        name: 'LoginLeftBehind',
        message: expect.stringMatching(/SECURITY DEFINER function (shop\.)?trap/),
      });
      expect(await rig.ownerOf('trap')).toBe(login.name);
      expect(await rig.server.look(rig.admin, login)).toEqual({ exists: true, canLogin: false, sessions: 0 });
    }
    await expect(rig.open(login.name, PASSWORD)).rejects.toThrow(/not permitted to log in/);
    await rig.drop('SECURITY DEFINER function', 'trap');
    await rig.server.end(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toEqual(gone);
  });

  test('lets a late earlier attempt create the login again, so that the caller must check the phase', async () => {
    const login = await made();
    await rig.server.end(rig.admin, login);
    await rig.server.make(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toMatchObject({ exists: true });
    await rig.server.end(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toEqual(gone);
  });
});
