import { LoginLeftBehind } from '../../../core/shared/errors.ts';
import { sqlStateOf } from '../../../core/logins/sql-fault.ts';
import type { Server } from './connection.ts';
import { listed } from './listed.ts';
import { loginExtentIn, readLoginExtent, type LoginExtent } from './login-role.ts';
import type { LoginRef } from './login-server.ts';
import { preparedBy, rollBackPrepared } from './prepared.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { ask } from './session.ts';
import { endSessions } from './sessions.ts';
import * as sql from './statements.ts';

/** How long the usual way waits for the role's row, milliseconds. */
const FIRST_WAIT_MS = 100;
/** The pauses between two attempts to end the sessions that lock the row, seconds. */
const FIRST_PAUSE_SECONDS = 0.005;
const PAUSE_SECONDS = 0.1;

interface Shut {
  /** Undefined when the server does not have it. */
  readonly role: LoginExtent | undefined;
  /** What prevents the login from being disabled, for a person. */
  readonly problem?: string;
}

/** Prevents new sessions, then ends all sessions. Usually this is one round trip. */
export async function shutLogin(server: Server, at: LoginRef): Promise<Shut> {
  const { session } = server;
  const disable = ['BEGIN', sql.waitForLocks(FIRST_WAIT_MS), sql.disableLogin(at.name), 'COMMIT'];
  try {
    const rows = await session.together(
      ...disable,
      sql.endSessions(at.name, at.roleId),
      sql.readExtent(at.name),
    );
    if (rows.at(-2)?.length !== 0) await endSessions(session, at);
    const role = loginExtentIn(rows.at(-1));
    return role?.hasPrepared === true ? await shutPatiently(server, at) : { role };
  } catch (error) {
    // Whatever the server refused: the steps, one by one, show which it was, and what can be done all the same.
    if (sqlStateOf(error) === undefined) throw error;
    return shutPatiently(server, at);
  }
}

/**
 * `NOLOGIN` changes the role's row, which a session of the login may have locked (`ALTER ROLE CURRENT_USER
 * PASSWORD …`), or a prepared transaction. It is up to the role that made the login, or one that it let.
 * Sessions are ended in any case.
 */
async function shutPatiently(server: Server, at: LoginRef): Promise<Shut> {
  const { session } = server;
  const before = await readLoginExtent(session, at.name);
  const failed = before === undefined ? undefined : await disableAsAnybody(server, at, before.roleId);
  await endSessions(session, at);
  if (before === undefined) return { role: undefined };
  await rollBackPrepared(server, at.name, before.roleId);
  const role = await readLoginExtent(session, at.name);
  if (failed === undefined) return { role };
  if (sqlStateOf(failed.error) === REFUSED) return { role, problem: await explainRefusal(server, at) };
  throw (await preparedFault(server, at, before.roleId)) ?? failed.error;
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: insufficient_privilege */
const REFUSED = '42501';

/** As the admin, or else as a role that the admin is a member of: the admin's user may have been replaced. */
async function disableAsAnybody(
  server: Server,
  at: LoginRef,
  roleId: string,
): Promise<{ error: unknown } | undefined> {
  const failed = await disableLogin(server, at, roleId);
  if (failed === undefined || sqlStateOf(failed.error) !== REFUSED) return failed;
  const [found] = await ask(server.session, sql.actorFor(at.name));
  if (found === undefined) return failed;
  server.actor = String(found['actor']);
  await ask(server.session, sql.setRole(server.actor));
  return disableLogin(server, at, roleId);
}

/**
 * Waits for the role's row on a separate connection, and ends the sessions that lock it. Returns the error,
 * if there was one.
 */
async function disableLogin(
  server: Server,
  at: LoginRef,
  roleId: string,
): Promise<{ error: unknown } | undefined> {
  const { session } = server;
  let isSettled = false;
  let cause: unknown;
  const disabling = server
    .connect(at.spec.database, (waiting) =>
      retryOnConflict(waiting, () => ask(waiting, sql.disableLogin(at.name))).catch((error: unknown) => {
        cause = error; // with its SQLSTATE
        throw error;
      }),
    )
    .then(
      () => undefined,
      (error: unknown) => ({ error: cause ?? error }),
    )
    .finally(() => (isSettled = true));
  for (let pause = FIRST_PAUSE_SECONDS; !isSettled; pause = Math.min(2 * pause, PAUSE_SECONDS)) {
    await ask(session, sql.endSessions(at.name, at.roleId));
    await rollBackPrepared(server, at.name, roleId);
    await Promise.race([disabling, ask(session, sql.pause(pause))]);
  }
  return disabling;
}

async function explainRefusal({ session, username }: Server, { name }: LoginRef): Promise<string> {
  const rows = await ask(session, sql.administratorsOf(name));
  const administrators = rows.map(({ administrator }) => String(administrator));
  const [maker = 'a superuser'] = administrators;
  return `it cannot be disabled, because ${username} may not: only a role with CREATEROLE and ADMIN on the login may, which is ${administrators.join(', ') || maker}. Its sessions are ended at each attempt, and its rights were revoked as far as possible, but it can log in until its deadline. Run GRANT "${maker}" TO "${username}" as a superuser, or as a role with ADMIN on ${maker}`;
}

/** The error when prepared transactions lock the role: they outlive their session, with all their locks. */
async function preparedFault(
  { session }: Server,
  { name }: LoginRef,
  roleId: string,
): Promise<LoginLeftBehind | undefined> {
  const prepared = await preparedBy(session, roleId);
  if (prepared.length === 0) return undefined;
  return new LoginLeftBehind(
    `The login ${name} cannot be disabled: its row is locked, and it left behind what the admin cannot roll back: ${listed(prepared.map(({ what }) => what))}. It has no session, and its deadline prevents new ones. Roll that back (ROLLBACK PREPARED, as a superuser in that database); the next attempt finishes.`,
  );
}
