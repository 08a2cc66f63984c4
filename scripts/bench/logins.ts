import { performance } from 'node:perf_hooks';
import { randomBytes } from 'node:crypto';
import { Secret } from '../../core/secrets/secret.ts';
import { adminAccessIn, type AdminAccess } from '../../lambdas/control/logins/admin-access.ts';
import { pgLoginServer } from '../../lambdas/control/logins/pg-login-server.ts';
import { startDemoDatabase } from '../../simulation/logins/demo-database.ts';
import { shopSpec } from '../../simulation/logins/login-rigs.ts';
import { percentile, table } from './figures.ts';
import type { Bench } from './section.ts';

/** How many logins are created in parallel. */
const LOGINS_AT_ONCE = [1, 20];
/** How many logins are measured for each of `--runs`. */
const LOGINS_PER_RUN = 20;
const MINUTE_MS = 60_000;

export interface LoginFigures {
  readonly atOnce: number;
  readonly logins: number;
  readonly perSecond: number;
  readonly p50Milliseconds: number;
  readonly p99Milliseconds: number;
}

/** Creates logins on a real server on this machine, ends them, and checks that the server no longer has them. Measures real time. */
export async function measureLogins({ runs }: Bench): Promise<readonly LoginFigures[]> {
  const { server, adminSecret } = await startDemoDatabase();
  const admin = adminAccessIn(adminSecret, 'admin');
  try {
    await oneLogin(admin, 'warm-up');
    const figures: LoginFigures[] = [];
    for (const atOnce of LOGINS_AT_ONCE) figures.push(await measure(admin, atOnce, runs * LOGINS_PER_RUN));
    return figures;
  } finally {
    await server.stop();
  }
}

async function measure(admin: AdminAccess, atOnce: number, logins: number): Promise<LoginFigures> {
  const durationsMs: number[] = [];
  let begun = 0;
  const worker = async (): Promise<void> => {
    while (begun < logins) {
      const number = (begun += 1);
      const startedMs = performance.now();
      await oneLogin(admin, `${atOnce}_${number}`);
      durationsMs.push(performance.now() - startedMs);
    }
  };
  const startedMs = performance.now();
  await Promise.all(Array.from({ length: atOnce }, worker));
  const seconds = (performance.now() - startedMs) / 1000;
  return {
    atOnce,
    logins,
    perSecond: logins / seconds,
    p50Milliseconds: percentile(durationsMs, 0.5),
    p99Milliseconds: percentile(durationsMs, 0.99),
  };
}

async function oneLogin(admin: AdminAccess, id: string): Promise<void> {
  const at = { name: `taskbound_bench_${id}`, spec: shopSpec() };
  const validUntilMs = performance.timeOrigin + performance.now() + MINUTE_MS;
  const password = new Secret(randomBytes(24).toString('base64url'));
  const { roleId } = await pgLoginServer.make(admin, {
    ...at,
    boundaryId: `bench.${id}`,
    attempt: 1,
    password,
    validUntilMs,
  });
  await pgLoginServer.end(admin, at);
  const { exists, sessions } = await pgLoginServer.look(admin, { ...at, roleId });
  if (exists || sessions > 0) throw new Error(`The login ${at.name} still exists.`);
}

export const printLogins = (figures: readonly LoginFigures[]): string =>
  table(
    ['at once', 'logins', 'per second', 'p50 ms', 'p99 ms'],
    figures.map(({ atOnce, logins, perSecond, p50Milliseconds, p99Milliseconds }) => [
      atOnce,
      logins,
      perSecond.toFixed(1),
      p50Milliseconds.toFixed(0),
      p99Milliseconds.toFixed(0),
    ]),
  );
