import { performance } from 'node:perf_hooks';
import { randomBytes } from 'node:crypto';
import { Secret } from '../../core/secrets/secret.ts';
import { adminAccessIn, type AdminAccess } from '../../lambdas/control/logins/admin-access.ts';
import type { LoginServer } from '../../lambdas/control/logins/login-server.ts';
import { openPgLoginServer, type PgLoginServer } from '../../lambdas/control/logins/pg-login-server.ts';
import { startDemoDatabase } from '../../simulation/logins/demo-database.ts';
import { shopSpec } from '../../simulation/logins/login-rigs.ts';
import { startPostgresProxy, type Traffic } from '../../simulation/logins/postgres-proxy.ts';
import { loadEarlierLogins } from './earlier-logins.ts';
import { percentile, table } from './figures.ts';
import type { Bench } from './section.ts';

/** How many logins are created in parallel. */
const LOGINS_AT_ONCE = [1, 20];
/** How many logins are measured in one round. Rounds of both codes alternate, so that both meet the same load of the machine. */
const LOGINS_PER_ROUND = 40;
/** How many logins are made through a proxy that counts. */
const COUNTED_LOGINS = 20;
const MINUTE_MS = 60_000;

/** The code that is measured, as one server for each function that runs at the same time. */
interface Code {
  readonly name: string;
  serverFor(worker: number): LoginServer;
}

export interface LoginFigures {
  readonly code: string;
  readonly atOnce: number;
  readonly logins: number;
  readonly perSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
  /** For each login, including the first. */
  readonly connections: number;
  readonly roundTrips: number;
  readonly statements: number;
}

/**
 * Creates logins on a real server on this machine, ends them, and checks that the server no longer has them. Measures real time. With
 * `--against`, the code of another commit does the same on the same server, in turns.
 */
export async function measureLogins({ runs, against }: Bench): Promise<readonly LoginFigures[]> {
  const { server, adminSecret } = await startDemoDatabase();
  const admin = adminAccessIn(adminSecret, 'admin');
  const earlier = against === undefined ? undefined : await loadEarlierLogins(against);
  const opened: PgLoginServer[] = [];
  const current: Code = {
    name: 'this code',
    serverFor: (worker) => (opened[worker] ??= openPgLoginServer()),
  };
  const codes: Code[] = [
    ...(earlier === undefined ? [] : [{ name: against ?? '', serverFor: () => earlier.server }]),
    current,
  ];
  try {
    const figures: LoginFigures[] = [];
    const counts = new Map<Code, Traffic>();
    for (const code of codes) counts.set(code, await count(code, admin));
    for (const atOnce of LOGINS_AT_ONCE) figures.push(...(await measure(codes, admin, atOnce, runs, counts)));
    return figures;
  } finally {
    await Promise.all(opened.map((each) => each.close()));
    await server.stop();
    await earlier?.discard();
  }
}

/** Also warms up. */
async function count(code: Code, admin: AdminAccess): Promise<Traffic> {
  const proxy = await startPostgresProxy(admin);
  try {
    const through = { ...admin, port: proxy.port };
    for (let number = 0; number < COUNTED_LOGINS; number += 1)
      await oneLogin(code.serverFor(0), through, `counted_${number}`);
    return { ...proxy.traffic };
  } finally {
    await proxy.close();
  }
}

async function measure(
  codes: readonly Code[],
  admin: AdminAccess,
  atOnce: number,
  runs: number,
  counts: ReadonlyMap<Code, Traffic>,
): Promise<LoginFigures[]> {
  const measured = codes.map((code) => ({ code, seconds: 0, durationsMs: [] as number[] }));
  for (let run = 0; run < runs; run += 1)
    for (const each of measured) {
      const startedMs = performance.now();
      each.durationsMs.push(...(await oneRound(each.code, admin, atOnce, `${atOnce}_${run}`)));
      each.seconds += (performance.now() - startedMs) / 1000;
    }
  return measured.map(({ code, seconds, durationsMs }) => {
    const { connections = NaN, roundTrips = NaN, statements = NaN } = counts.get(code) ?? {};
    return {
      code: code.name,
      atOnce,
      logins: durationsMs.length,
      perSecond: durationsMs.length / seconds,
      p50Milliseconds: percentile(durationsMs, 0.5),
      p99Milliseconds: percentile(durationsMs, 0.99),
      connections: connections / COUNTED_LOGINS,
      roundTrips: roundTrips / COUNTED_LOGINS,
      statements: statements / COUNTED_LOGINS,
    };
  });
}

async function oneRound(code: Code, admin: AdminAccess, atOnce: number, id: string): Promise<number[]> {
  const durationsMs: number[] = [];
  let begun = 0;
  const work = async (_: unknown, worker: number): Promise<void> => {
    while (begun < LOGINS_PER_ROUND) {
      const number = (begun += 1);
      const startedMs = performance.now();
      await oneLogin(code.serverFor(worker), admin, `${id}_${number}`);
      durationsMs.push(performance.now() - startedMs);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return durationsMs;
}

async function oneLogin(server: LoginServer, admin: AdminAccess, id: string): Promise<void> {
  const at = { name: `taskbound_bench_${id}`, spec: shopSpec() };
  const validUntilMs = performance.timeOrigin + performance.now() + MINUTE_MS;
  const password = new Secret(randomBytes(24).toString('base64url'));
  const { roleId } = await server.make(admin, {
    ...at,
    boundaryId: `bench.${id}`,
    attempt: 1,
    password,
    validUntilMs,
  });
  await server.end(admin, at);
  const { exists, sessions } = await server.look(admin, { ...at, roleId });
  if (exists || sessions > 0) throw new Error(`The login ${at.name} still exists.`);
}

export const printLogins = (figures: readonly LoginFigures[]): string =>
  table(
    [
      'code',
      'at once',
      'logins',
      'per second',
      'p50 ms',
      'p99 ms',
      'connections',
      'round trips',
      'statements',
    ],
    figures.map((each) => [
      each.code,
      each.atOnce,
      each.logins,
      each.perSecond.toFixed(1),
      each.p50Milliseconds.toFixed(0),
      each.p99Milliseconds.toFixed(0),
      each.connections.toFixed(2),
      each.roundTrips.toFixed(1),
      each.statements.toFixed(1),
    ]),
  );
