import { LoginLeftBehind } from '../../../core/shared/errors.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import type { Server } from './connection.ts';
import type { LoginRef } from './login-server.ts';
import { preparedBy, rollBackPrepared } from './prepared.ts';
import * as sql from './statements.ts';

/** How often the sessions are counted, and the pause in between, seconds. */
const LOOKS = 30;
const PAUSE_SECONDS = 0.1;
/** Usually no session is in the way. */
const FIRST_PAUSE_SECONDS = 0.005;

/** A role's OIDs: its current one, and the one that it had when it was made. */
type Ids = readonly [string | null, string | null];

/**
 * Prevents new sessions, then ends all sessions. `NOLOGIN` changes the role's row, which a session of the
 * login may have locked (`ALTER ROLE CURRENT_USER PASSWORD …`): it waits on one connection while another ends
 * the sessions in its way. Sessions are ended even if it fails.
 */
export async function terminateSessions(server: Server, at: LoginRef, roleId: string | null): Promise<void> {
  const ids = [roleId, at.roleId ?? null] as const;
  const failed = roleId === null ? undefined : await disableLogin(server, at, ids);
  await endSessions(server, at, ids);
  if (roleId !== null) await rollBackPrepared(server, at.name, roleId);
  if (failed === undefined) return;
  throw (await preparedFault(server, at, roleId)) ?? failed.error;
}

/**
 * Waits for the role's row on a separate connection, and ends the sessions that lock it. Returns the error,
 * if there was one.
 */
async function disableLogin(
  server: Server,
  { name, spec }: LoginRef,
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

/**
 * Terminates sessions until none is left: one that was being opened when the role was disabled may appear
 * later.
 */
async function endSessions({ query }: Server, at: LoginRef, ids: Ids): Promise<void> {
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const ended = await query(sql.END_SESSIONS, ids);
    if (ended.length === 0) return;
    await query(`SELECT pg_sleep(${PAUSE_SECONDS})`);
  }
  const left = await countSessions({ query }, ids);
  if (left === 0) return;
  throw new LoginLeftBehind(
    `${left} sessions of the login ${at.name} did not end within ${LOOKS * PAUSE_SECONDS} s of their termination; none may be left. It is tried again; if it repeats, look at what they wait for in pg_stat_activity.`,
  );
}

export async function countSessions({ query }: Pick<Server, 'query'>, ids: Ids): Promise<number> {
  const [row] = await query(sql.COUNT_SESSIONS, ids);
  return Number(row?.['sessions'] ?? 0);
}

/** The error when prepared transactions lock the role: they outlive their session, with all their locks. */
async function preparedFault(
  { query }: Server,
  { name }: LoginRef,
  roleId: string | null,
): Promise<LoginLeftBehind | undefined> {
  const prepared = await preparedBy(query, roleId);
  if (prepared.length === 0) return undefined;
  return new LoginLeftBehind(
    `The login ${name} cannot be disabled: its row is locked, and it left behind what the admin cannot roll back: ${prepared.map(({ what }) => what).join(', ')}. It has no session, and its deadline prevents new ones. Roll that back (ROLLBACK PREPARED, as a superuser in that database); the next attempt finishes.`,
  );
}
