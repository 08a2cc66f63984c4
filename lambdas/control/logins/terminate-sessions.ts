import { LoginLeftBehind } from '../../../core/shared/errors.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Server } from './connection.ts';
import type { LoginAt } from './login-server.ts';
import { preparedBy, rollBackPrepared } from './prepared.ts';
import * as sql from './statements.ts';

/** How often the server is asked whether they are gone, and how long it sleeps in between, seconds. */
const LOOKS = 30;
const PAUSE_SECONDS = 0.1;
/** Nearly always nobody is in the way. */
const FIRST_PAUSE_SECONDS = 0.005;

/** A role's OIDs: the one that it has, and the one that it had when it was made. */
type Ids = readonly [string | null, string | null];

/**
 * No new session, then none at all. `NOLOGIN` changes the role's row, which a session of the login may hold with a transaction of its own
 * (`ALTER ROLE CURRENT_USER PASSWORD …`): so it waits on one connection while another ends whoever is in its way. Sessions are ended even
 * if it fails.
 */
export async function terminateSessions(server: Server, at: LoginAt, roleId: string | null): Promise<void> {
  const ids = [roleId, at.roleId ?? null] as const;
  const failed = roleId === null ? undefined : await disableLogin(server, at, ids);
  await endSessions(server, at, ids);
  if (roleId !== null) await rollBackPrepared(server, at.name, roleId);
  if (failed === undefined) return;
  throw (await preparedFault(server, at, roleId)) ?? failed.error;
}

/** Waits for the role's row on a connection of its own, and clears the way. What went wrong, if it did. */
async function disableLogin(
  server: Server,
  { name, spec }: LoginAt,
  ids: Ids,
): Promise<{ error: unknown } | undefined> {
  let isSettled = false;
  const disabling = server
    .connect(spec.database, (query) => retryOnConflict(query, () => query(sql.disableLogin(name))))
    .then(
      () => undefined,
      (error: unknown) => ({ error }),
    )
    .finally(() => (isSettled = true));
  for (let pause = FIRST_PAUSE_SECONDS; !isSettled; pause = Math.min(2 * pause, PAUSE_SECONDS)) {
    await server.query(sql.END_SESSIONS, ids);
    await rollBackPrepared(server, name, ids[0]);
    await Promise.race([disabling, server.query(`SELECT pg_sleep(${pause})`)]);
  }
  return disabling;
}

/** Terminates until none is left: one that was being opened when the role was shut may appear after the first look. */
async function endSessions({ query }: Server, at: LoginAt, ids: Ids): Promise<void> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const ended = await query(sql.END_SESSIONS, ids);
    if (ended.length === 0) return;
    await query(`SELECT pg_sleep(${PAUSE_SECONDS})`);
  }
  const left = await countSessions({ query }, ids);
  if (left === 0) return;
  throw new LoginLeftBehind(
    `${left} sessions of the login ${at.name} did not end within ${LOOKS * PAUSE_SECONDS} s of being told to; none may be left. It is tried again; if it goes on, look at what they wait for in pg_stat_activity.`,
  );
}

export async function countSessions({ query }: Pick<Server, 'query'>, ids: Ids): Promise<number> {
  const [row] = await query(sql.COUNT_SESSIONS, ids);
  return Number(row?.['sessions'] ?? 0);
}

/** A prepared transaction outlives its session with all its locks. */
async function preparedFault(
  { query }: Server,
  { name }: LoginAt,
  roleId: string | null,
): Promise<LoginLeftBehind | undefined> {
  const prepared = await preparedBy(query, roleId);
  if (prepared.length === 0) return undefined;
  return new LoginLeftBehind(
    `The login ${name} cannot be shut: its row is held, and it left behind what the admin cannot roll back: ${prepared.map(({ what }) => what).join(', ')}. It has no session, and its deadline lets none begin. Roll that back (ROLLBACK PREPARED, as a superuser in that database); the next attempt finishes.`,
  );
}
