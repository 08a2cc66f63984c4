import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Secret } from '../../../../core/secrets/secret.ts';
import type { PostgresSpec } from '../../../../core/logins/login.ts';
import { realRig, shopSpec, type RealRig } from '../../../../simulation/logins/login-rigs.ts';
import { deedOf, deeds, tracesOf, WORLD, type Deed } from './deeds.ts';

const PASSWORD = 'a-password-that-nobody-else-has';
const GONE = { exists: false, canLogin: false, sessions: 0 };
const RUNS = 150;

let rig: RealRig;
beforeAll(async () => {
  rig = await realRig({ max_prepared_transactions: '4', log_statement: 'none' });
  await rig.run("CREATE ROLE app; CREATE ROLE reader; CREATE ROLE meddler LOGIN PASSWORD 'meddler'");
  await rig.run('GRANT reader TO taskbound_admin WITH ADMIN TRUE, INHERIT TRUE, SET TRUE');
  await rig.run('CREATE DATABASE elsewhere');
});
afterAll(() => rig.stop());

const spec = fc.record({
  isMember: fc.boolean(),
  isReader: fc.boolean(),
  createsIn: fc.subarray(['shop', 'app', 'vault']),
});
type Declared = typeof spec extends fc.Arbitrary<infer T> ? T : never;

const specOf = ({ isMember, isReader, createsIn }: Declared): PostgresSpec => {
  const { rights } = shopSpec();
  const creates = isMember ? createsIn : [];
  return shopSpec({
    memberOf: [...(isMember ? ['shop_owner'] : []), ...(isReader ? ['reader'] : [])],
    rights: [
      ...rights,
      ...creates.map((schema) => ({
        on: 'schema' as const,
        schema,
        privileges: ['USAGE', 'CREATE'] as ('USAGE' | 'CREATE')[],
      })),
    ],
    connections: 4,
  });
};

let numbered = 0;

/** Makes a login, lets it and others act, and returns it; undefined if it was refused before it was made. */
async function live(declared: Declared, done: readonly Deed[]) {
  await rig.run(WORLD, 'demo');
  for (const database of ['elsewhere', 'postgres'])
    await rig.run(
      'DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO PUBLIC',
      database,
    );
  const login = { name: `taskbound_Any_"${(numbered += 1)}`, spec: specOf(declared) };
  const order = { ...login, boundaryId: 'maintenance.one', attempt: 1, password: new Secret(PASSWORD) };
  const validUntilMs = new Date().getTime() + 60_000;
  const made = await rig.server.make(rig.admin, { ...order, validUntilMs }).catch((error: Error) => error);
  if (made instanceof Error) {
    expect(made.name, made.message).toBe('LoginNotEndable');
    expect(await rig.server.look(rig.admin, login)).toEqual(GONE);
    return undefined;
  }
  const sessions = {
    login: await rig.client(login.name, PASSWORD),
    elsewhere: await rig.client(login.name, PASSWORD, 'elsewhere'),
    postgres: await rig.client(login.name, PASSWORD, 'postgres'),
    meddler: await rig.client('meddler', 'meddler'),
  };
  const did: string[] = [];
  for (const [index, deed] of done.entries()) {
    const statement = deed.sql
      .replaceAll('$ME', `"${login.name.replaceAll('"', '""')}"`)
      .replaceAll('$N', `n${index}`);
    const running = deed.by === 'superuser' ? rig.run(statement, 'demo') : sessions[deed.by].query(statement);
    await Promise.resolve(running).then(
      () => did.push(statement),
      () => undefined,
    );
  }
  await sessions.meddler.end();
  return { ...login, roleId: made.roleId, did };
}

type Lived = NonNullable<Awaited<ReturnType<typeof live>>>;

async function assertNothingLeft({ roleId, ...login }: Lived): Promise<void> {
  expect(await rig.server.look(rig.admin, { ...login, roleId })).toEqual(GONE);
  for (const database of ['demo', 'elsewhere', 'postgres'])
    expect(await rig.run(tracesOf(roleId), database)).toEqual([]);
}

test('a login always ends, whatever rights, objects and memberships it made for itself and others', async () => {
  await fc.assert(
    fc.asyncProperty(
      spec,
      fc.array(deedOf(deeds.own), { minLength: 1, maxLength: 12 }),
      async (declared, done) => {
        const lived = await live(declared, done);
        if (lived === undefined) return;
        await rig.server.end(rig.admin, lived).catch((error: Error) => {
          throw new Error(`${error.message}\nafter ${lived.did.join(';\n')}`);
        });
        await assertNothingLeft(lived);
      },
    ),
    { numRuns: RUNS },
  );
});

test('what others gave a login, or what needs a review, is reported with a remedy that works', async () => {
  let remedies = 0;
  const all = [...deeds.own, ...deeds.reviewed, ...deeds.others, ...deeds.others];
  await fc.assert(
    fc.asyncProperty(spec, fc.array(deedOf(all), { minLength: 1, maxLength: 12 }), async (declared, done) => {
      const lived = await live(declared, done);
      if (lived === undefined) return;
      for (let attempt = 1; ; attempt += 1) {
        const failed = await rig.server.end(rig.admin, lived).then(
          () => undefined,
          (error: Error) => error,
        );
        if (failed === undefined) break;
        const context = `${failed.message}\nafter ${lived.did.join(';\n')}`;
        expect(failed.name, context).toBe('LoginLeftBehind');
        expect(attempt, context).toBeLessThan(6);
        expect(await rig.server.look(rig.admin, lived)).toMatchObject({ canLogin: false, sessions: 0 });
        for (const [database, remedy] of remediesIn(failed.message)) {
          await rig.run(remedy, database).catch((error: Error) => {
            throw new Error(`${error.message}: ${remedy}\n${context}`);
          });
          remedies += 1;
        }
      }
      await assertNothingLeft(lived);
    }),
    { numRuns: RUNS },
  );
  expect(remedies).toBeGreaterThan(10);
});

/** The statements that a message tells a person to run, with the database. */
function* remediesIn(message: string): Generator<[database: string, sql: string]> {
  for (const [, database = 'demo', problem = ''] of message.matchAll(
    /(?:in|behind in) (demo|elsewhere|postgres)(?::| what)(.*?)(?=; in |; left |\. The login is|$)/g,
  )) {
    for (const [, run] of problem.matchAll(/run ((?:SET ROLE .*?RESET ROLE; ?)+)/g))
      yield [database, String(run)];
    for (const [, kind, name] of problem.matchAll(/SECURITY DEFINER (function|procedure) (\S+?\([^)]*\))/g))
      yield [database, `DROP ${kind} ${name}`];
    for (const [, kind, name] of problem.matchAll(
      /(?<!DEFINER )(function|procedure|materialized view|view) ((?:shop|public|app|vault)\.[^ ,(.]+(?:\([^)]*\))?)/g,
    ))
      yield [database, `DROP ${kind} IF EXISTS ${name} CASCADE`];
    for (const [, gid] of problem.matchAll(/prepared transaction (\d+)/g))
      throw new Error(`prepared ${gid} was not rolled back`);
  }
  for (const [, statement] of message.matchAll(/\((DROP OWNED BY .*?), as a superuser there\)/g))
    yield ['demo', String(statement)];
}
