import { performance } from 'node:perf_hooks';
import { Secret } from '../../core/secrets/secret.ts';
import { adminAccessIn, type AdminAccess } from '../../lambdas/control/logins/admin-access.ts';
import type { LoginServer } from '../../lambdas/control/logins/login-server.ts';
import { openPgLoginServer } from '../../lambdas/control/logins/pg-login-server.ts';
import { DEMO_DATABASE, startDemoDatabase } from '../../simulation/logins/demo-database.ts';
import { shopSpec } from '../../simulation/logins/login-rigs.ts';
import { startPostgresProxy, type PostgresProxy } from '../../simulation/logins/postgres-proxy.ts';
import { loadEarlierLogins } from './earlier-logins.ts';
import { table } from './figures.ts';
import type { Bench } from './section.ts';

const TABLES = [100, 1_000, 10_000];
/** How much longer each round trip takes: a server in another availability zone. */
const DELAY_MS = 3;
const MINUTE_MS = 60_000;

export interface WideFigures {
  readonly code: string;
  readonly tables: number;
  readonly seconds: number;
  readonly roundTrips: number;
  /** The error's name, if it did not end. */
  readonly failed?: string;
}

/** Ends logins that have rights on many tables, through a proxy that delays each message to the server. */
export async function measureWideLogins({ against }: Bench): Promise<readonly WideFigures[]> {
  const { server, adminSecret } = await startDemoDatabase();
  const admin = adminAccessIn(adminSecret, 'admin');
  const proxy = await startPostgresProxy(admin);
  const earlier = against === undefined ? undefined : await loadEarlierLogins(against);
  const current = openPgLoginServer();
  try {
    await server.run('CREATE SCHEMA wide AUTHORIZATION shop_owner', DEMO_DATABASE);
    const figures: WideFigures[] = [];
    let made = 0;
    for (const tables of TABLES) {
      for (; made < tables; made += 100) await server.run(createTables(made), DEMO_DATABASE);
      if (earlier) figures.push(await endOne(against ?? '', earlier.server, { admin, proxy, tables }));
      figures.push(await endOne('this code', current, { admin, proxy, tables }));
    }
    return figures;
  } finally {
    await current.close();
    await proxy.close();
    await server.stop();
    await earlier?.discard();
  }
}

/** A hundred tables, in one transaction: each locks what it creates. */
const createTables = (from: number): string =>
  `SET ROLE shop_owner; DO $$ BEGIN FOR n IN ${from + 1}..${from + 100} LOOP EXECUTE format('CREATE TABLE wide.t%s (id int)', n); END LOOP; END $$`;

async function endOne(
  code: string,
  server: LoginServer,
  { admin, proxy, tables }: { admin: AdminAccess; proxy: PostgresProxy; tables: number },
): Promise<WideFigures> {
  const spec = shopSpec({
    memberOf: [],
    rights: [{ on: 'allTables', schema: 'wide', privileges: ['SELECT', 'INSERT'] }],
  });
  const at = { name: `taskbound_wide_${code.replaceAll(' ', '_')}_${tables}`, spec };
  const validUntilMs = performance.timeOrigin + performance.now() + MINUTE_MS;
  const password = new Secret('a-password');
  const direct = openPgLoginServer();
  const { roleId } = await direct.make(admin, {
    ...at,
    boundaryId: 'bench.wide',
    attempt: 1,
    password,
    validUntilMs,
  });
  const before = proxy.traffic.roundTrips;
  proxy.delayMs = DELAY_MS;
  const startedMs = performance.now();
  const failed = await server.end({ ...admin, port: proxy.port }, at).then(
    () => undefined,
    (error: Error) => error.name,
  );
  const seconds = (performance.now() - startedMs) / 1000;
  proxy.delayMs = 0;
  const { exists } = await direct.look(admin, { ...at, roleId });
  await direct.close();
  if (exists && failed === undefined) throw new Error(`The login ${at.name} still exists.`);
  return {
    code,
    tables,
    seconds,
    roundTrips: proxy.traffic.roundTrips - before,
    ...(failed !== undefined && { failed }),
  };
}

export const printWideLogins = (figures: readonly WideFigures[]): string =>
  table(
    ['code', 'tables', 'seconds to end', 'round trips', 'result'],
    figures.map(({ code, tables, seconds, roundTrips, failed }) => [
      code,
      tables,
      seconds.toFixed(2),
      roundTrips,
      failed ?? 'ended',
    ]),
  );
