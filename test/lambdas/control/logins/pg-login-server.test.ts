import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createServer, type AddressInfo } from 'node:net';
import { tlsOf } from '../../../../core/logins/database-tls.ts';
import { Secret } from '../../../../core/secrets/secret.ts';
import { adminAccessIn } from '../../../../lambdas/control/logins/admin-access.ts';
import { withLogin } from '../../../../sample/work/database-maintenance/login.ts';
import { realRig, shopSpec, type RealRig } from '../../../../simulation/logins/login-rigs.ts';

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

/** The shop's tables on which a role has rights. */
const rightsOf = (roleId: string) =>
  rig.run(
    `SELECT relname FROM pg_class, aclexplode(relacl) WHERE relnamespace = 'shop'::regnamespace AND grantee = ${roleId}`,
    'demo',
  );

describe('pgLoginServer, on a real server', () => {
  test('sends no statement that contains the password', async () => {
    const login = await made('quiet');
    await rig.open(login.name, PASSWORD);
    await rig.server.end(rig.admin, login);
    const log = rig.log.join('');
    expect(log).toContain(`CREATE ROLE "${login.name}"`);
    expect(log).toContain('SCRAM-SHA-256$4096:');
    expect(log).not.toContain(PASSWORD);
  });

  test('gives a login exactly the granted rights', async () => {
    const login = await made('narrow', shopSpec({ memberOf: [] }));
    const session = await rig.open(login.name, PASSWORD);
    await expect(session.create('table', 'forbidden')).rejects.toThrow(/permission denied for schema shop/);
    await rig.server.end(rig.admin, login);
  });

  test('leaves no login when the rights cannot be granted', async () => {
    const spec = shopSpec({
      rights: [{ on: 'tables', schema: 'shop', tables: ['missing'], privileges: ['SELECT'] }],
    });
    await expect(made('none', spec)).rejects.toMatchObject({
      name: 'LoginServerUnavailable',
      message: expect.stringMatching(
        /SQLSTATE 42P01 \(undefined_table\), at: GRANT SELECT ON TABLE "shop"\."missing" TO/,
      ),
    });
    const at = { name: 'taskbound_Test_none', spec };
    expect((await rig.server.look(rig.admin, at)).exists).toBe(false);
  });

  test('locks out a worker that keeps changing its password in all its sessions', async () => {
    const login = await made('restless');
    let isOver = false;
    const restless = async (): Promise<void> => {
      while (!isOver)
        try {
          const session = await rig.client(login.name, PASSWORD);
          for (;;) await session.query(`ALTER ROLE CURRENT_USER PASSWORD '${PASSWORD}'`);
        } catch {
          // The session was ended, or conflicted with another one: try again.
        }
    };
    const workers = [restless(), restless(), restless()];
    await rig.server.end(rig.admin, login).finally(() => (isOver = true));
    await Promise.all(workers);
    expect(await rig.server.look(rig.admin, login)).toEqual({ exists: false, canLogin: false, sessions: 0 });
  });

  test('is not blocked by a user who takes advisory locks and grants rights to the login', async () => {
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

  test('gives the objects in other databases to the owner as well', async () => {
    const login = await made('wanders');
    const session = await rig.client(login.name, PASSWORD, 'postgres');
    await session.query("SELECT lo_create(4242), lo_put(4242, 0, 'x')");
    await rig.server.end(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toMatchObject({ exists: false });
    const owners = await rig.run('SELECT pg_get_userbyid(lomowner) AS owner FROM pg_largeobject_metadata');
    expect(owners).toEqual([{ owner: 'shop_owner' }]);
  });

  test('names a database that the admin cannot reach, and a SECURITY DEFINER function in another database', async () => {
    await rig.run('CREATE DATABASE elsewhere');
    await rig.run('GRANT CREATE ON SCHEMA public TO PUBLIC', 'elsewhere');
    const login = await made('hides');
    const session = await rig.client(login.name, PASSWORD, 'elsewhere');
    const trap = 'CREATE FUNCTION public.trap() RETURNS int LANGUAGE sql SECURITY DEFINER';
    await session.query(`${trap} AS 'SELECT 1'; CREATE TABLE public.kept ()`);
    const ending = () => expect(rig.server.end(rig.admin, login)).rejects;
    await ending().toThrow(/left behind in elsewhere .*SECURITY DEFINER function public\.trap/);
    await rig.run('DROP FUNCTION public.trap()', 'elsewhere');
    await rig.run('REVOKE CONNECT ON DATABASE elsewhere FROM PUBLIC');
    await ending().toMatchObject({
      name: 'LoginLeftBehind',
      message: expect.stringMatching(/left objects in database elsewhere .*SQLSTATE 42501/),
    });
    await rig.run('GRANT CONNECT ON DATABASE elsewhere TO taskbound_admin');
    await rig.server.end(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toMatchObject({ exists: false });
  });

  const gone = { exists: false, canLogin: false, sessions: 0 };

  test('gives a function to the owner in a schema where the owner may not make one, and leaves no right there', async () => {
    await rig.run(
      'CREATE SCHEMA app AUTHORIZATION taskbound_admin; GRANT USAGE ON SCHEMA app TO shop_owner',
      'demo',
    );
    const rights = [
      { on: 'schema' as const, schema: 'app', privileges: ['USAGE' as const, 'CREATE' as const] },
    ];
    const login = await made('makes_functions', shopSpec({ rights }));
    const session = await rig.client(login.name, PASSWORD);
    await session.query("CREATE FUNCTION app.f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
    await rig.server.end(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toEqual(gone);
    expect(await rig.ownerOf('f')).toBe('shop_owner');
    const may = "SELECT has_schema_privilege('shop_owner', 'app', 'CREATE') AS may";
    expect(await rig.run(may, 'demo')).toEqual([{ may: false }]);
  });

  test('revokes a right on a column that the login gave to itself, also after a REVOKE on the table has separated them', async () => {
    const login = await made('gives_itself');
    const session = await rig.client(login.name, PASSWORD);
    await session.query(`GRANT SELECT ON shop.orders TO "${login.name}" WITH GRANT OPTION`);
    await session.query(`GRANT SELECT (id) ON shop.orders TO "${login.name}"`);
    await rig.run(`SET ROLE shop_owner; REVOKE ALL ON shop.orders FROM "${login.name}" CASCADE`, 'demo');
    await rig.server.end(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toEqual(gone);
  });

  test('ends a login that dropped its own database', async () => {
    await rig.run('CREATE DATABASE doomed OWNER shop_owner');
    const spec = shopSpec({
      database: 'doomed',
      rights: [{ on: 'database', privileges: ['CONNECT'] }],
    });
    const login = await made('drops', spec);
    const session = await rig.client(login.name, PASSWORD, 'postgres');
    await session.query('SELECT lo_create(4343)');
    await rig.run('ALTER ROLE shop_owner CREATEDB');
    await rig.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'doomed'");
    await session.query('DROP DATABASE doomed');
    await rig.server.end(rig.admin, login);
    expect(await rig.server.look(rig.admin, login)).toEqual({
      exists: false,
      canLogin: false,
      sessions: 0,
    });
    await expect(made('homeless', spec)).rejects.toThrow(/3D000/);
  });

  test('creates and ends logins of different owners at the same time', async () => {
    await rig.run(
      'CREATE ROLE other_owner; GRANT other_owner TO taskbound_admin WITH INHERIT TRUE, ADMIN TRUE',
    );
    const names = Array.from({ length: 6 }, (_, index) => `${index}`);
    const spec = (index: string) => shopSpec(Number(index) % 2 === 0 ? {} : { owner: 'other_owner' });
    const logins = await Promise.all(names.map((index) => made(`owned_${index}`, spec(index))));
    await Promise.all(logins.map((login) => rig.server.end(rig.admin, login)));
    expect(await rig.run("SELECT rolname FROM pg_roles WHERE rolname LIKE '%owned%'")).toEqual([]);
  });

  test('reports a server that is down and an unknown admin as errors without the password', async () => {
    const at = { name: 'x', spec: shopSpec() };
    const down = rig.server.look({ ...rig.admin, port: 1 }, at);
    await expect(down).rejects.toThrow(/127\.0\.0\.1:1 did not do .*ECONNREFUSED/);
    const stranger = rig.server.look({ ...rig.admin, password: new Secret('wrong-password') }, at);
    await expect(stranger).rejects.toThrow(
      /did not do what taskbound_admin asked in demo: SQLSTATE 28P01 \(invalid_password\), at: to connect/,
    );
    await expect(stranger).rejects.not.toThrow(/wrong-password/);
  });
});

/** https://www.postgresql.org/docs/18/protocol-message-formats.html#PROTOCOL-MESSAGE-FORMATS-SSLREQUEST */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const TLS_HANDSHAKE = 0x16;

/** A server that answers the request for TLS, and closes the connection at the next message. */
async function listening(answer: string) {
  let seen: string[] = [];
  const server = createServer((socket) => {
    seen = [];
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const isRequest = bytes.equals(SSL_REQUEST);
      seen.push(isRequest ? 'SSLRequest' : bytes[0] === TLS_HANDSHAKE ? 'TLS' : bytes.toString());
      if (isRequest) socket.write(answer);
      else socket.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, received: () => seen.join(', '), close: () => server.close() };
}

describe('the admin secret', () => {
  test('is reported by its fields and without its values when it does not have the form of RDS', () => {
    for (const text of ['hunter2', '{"host":"h","username":7,"password":"hunter2"}']) {
      expect(() => adminAccessIn(text, 'arn')).toThrow(/does not have the required form/);
      expect(() => adminAccessIn(text, 'arn')).not.toThrow(/hunter2/);
    }
  });

  const plain = { host: '127.0.0.1', username: 'u', password: 'a-password' };
  test('without an sslmode means that the server’s certificate is checked', () => {
    const access = adminAccessIn(JSON.stringify(plain), 'arn');
    expect(access).toMatchObject({ port: 5432, sslmode: 'verify-full' });
    expect(tlsOf(access)).toEqual({ host: '127.0.0.1', rejectUnauthorized: true });
    const withAuthority = tlsOf({ ...access, ca: 'PEM' });
    expect(withAuthority).toMatchObject({ rejectUnauthorized: true, ca: expect.arrayContaining(['PEM']) });
    expect(tlsOf(adminAccessIn(JSON.stringify({ ...plain, sslmode: 'disable' }), 'arn'))).toBe(false);
  });

  test.each([
    ['offers TLS', 'S', /^SSLRequest, TLS/],
    ['does not offer TLS', 'N', /^SSLRequest$/],
  ])('without an sslmode connects only with TLS to a server that %s', async (_what, answer, sent) => {
    const server = await listening(answer);
    const access = adminAccessIn(JSON.stringify({ ...plain, port: server.port }), 'arn');
    const looking = rig.server.look(access, { name: 'x', spec: shopSpec() });
    await expect(looking).rejects.toMatchObject({ name: 'LoginServerUnavailable' });
    expect(server.received()).toMatch(sent);
    const secret = new Secret(JSON.stringify({ ...plain, port: server.port, dbname: 'demo' }));
    await expect(withLogin(secret, 'x', async () => undefined)).rejects.toThrow();
    expect(server.received()).toMatch(sent);
    server.close();
  });
});
