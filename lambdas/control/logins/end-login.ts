import type { PostgresSpec } from '../../../core/logins/login.ts';
import { LoginLeftBehind, LoginServerUnavailable } from '../../../core/shared/errors.ts';
import { sqlStateOf } from '../../../core/logins/sql-fault.ts';
import type { Server } from './connection.ts';
import { giveAway } from './give-away.ts';
import { listed } from './listed.ts';
import type { LoginExtent } from './login-role.ts';
import type { LoginRef } from './login-server.ts';
import { removeRemainingRights, removeRights, type EndingLogin } from './remove-rights.ts';
import { isConflict, retryOnConflict } from './retry-on-conflict.ts';
import { ask, type Session } from './session.ts';
import { endSessions } from './sessions.ts';
import { shutLogin } from './shut-login.ts';
import * as sql from './statements.ts';

/** Up to here, all rights are revoked with one statement, in one transaction. */
const RIGHTS_AT_ONCE = 1_000;

/**
 * See `LoginServer.end`: each step can be repeated after an earlier attempt. A login that only has rights is
 * ended in two round trips.
 */
export async function endLogin(server: Server, named: LoginRef, assertTime: () => void): Promise<void> {
  const { role, problem } = await shutLogin(server, named);
  if (role === undefined) return;
  const at: LoginRef = { ...named, roleId: role.roleId };
  const isPlain = problem === undefined && role.isMember && role.others === 0 && !role.hasPrepared;
  if (isPlain && role.rights <= RIGHTS_AT_ONCE && (await dropPlain(server, at))) return;
  await endThoroughly(server, at, role, { assertTime, problem });
}

/**
 * Drops a login that owns nothing. False if anything is refused: then nothing has changed, and the thorough way shows what it is.
 */
async function dropPlain({ session }: Server, at: LoginRef): Promise<boolean> {
  const drop = [sql.dropOwned(at.name), sql.dropRole(at.name), sql.endSessions(at.name, at.roleId)];
  try {
    const rows = await retryOnConflict(session, () => session.together(...drop));
    if (rows.at(-1)?.length !== 0) await endSessions(session, at);
    return true;
  } catch (error) {
    if (sqlStateOf(error) === undefined) throw error;
    return false;
  }
}

interface Effort {
  readonly assertTime: () => void;
  readonly problem: string | undefined;
}

/** Database by database, then the role. What cannot be removed in one place does not stop the rest. */
async function endThoroughly(
  server: Server,
  at: LoginRef,
  { roleId, isMember }: LoginExtent,
  { assertTime, problem }: Effort,
): Promise<void> {
  const { session, username } = server;
  const { name, spec } = at;
  const admin = server.actor ?? username;
  if (!isMember) await session.each([sql.becomeMember(name)]);
  const problems = problem === undefined ? [] : [problem];
  const clear = (here: Session, database: string) =>
    clearDatabase({ session: here, name, roleId, admin, assertTime }, at, database);
  problems.push(...(await clear(session, spec.database)));
  const depending = await ask(session, sql.dependingDatabases(roleId));
  for (const database of depending.map((row) => String(row['database'])))
    if (database !== spec.database)
      problems.push(...(await clearElsewhere(server, at, database, (there) => clear(there, database))));
  if (problems.length === 0) problems.push(...(await drop(session, at)));
  if (problems.length === 0) return;
  const isShut = problem === undefined ? ' The login is disabled and has no session.' : '';
  throw new LoginLeftBehind(
    `The login ${name} cannot be dropped yet: ${problems.join('; ')}.${isShut} The next attempt finishes.`,
  );
}

/**
 * Revokes rights first: what is left behind may stay for days. `DROP OWNED` removes rights, default privileges,
 * settings and policies, without naming each, but would drop what the login owns.
 */
async function clearDatabase(ending: EndingLogin, { spec }: LoginRef, database: string): Promise<string[]> {
  const where = (problem: string) => `in ${database}: ${problem}`;
  await removeRights(ending);
  const isMember = spec.memberOf.includes(spec.owner);
  const left = await ask(ending.session, sql.leftBehind(ending.roleId, isMember));
  const objects = left.length > 0 ? [] : await giveAway(ending, spec.owner);
  if (left.length + objects.length === 0) await dropOwned(ending);
  const rights = await removeRemainingRights(ending);
  const review =
    left.length === 0
      ? []
      : [
          reviewOf(
            left.map(({ what }) => String(what)),
            spec,
            database,
          ),
        ];
  return [...review, ...[...objects, ...rights].map(where)];
}

const reviewOf = (names: readonly string[], { owner }: PostgresSpec, database: string): string =>
  `left behind in ${database} what runs with its owner's rights, and ${owner} may not get that without a review: ${listed(names)}. Review it, then drop it`;

/** What the admin may not remove shows when the role is dropped. */
const dropOwned = ({ session, name }: EndingLogin): Promise<void> =>
  retryOnConflict(session, async () => {
    const [answer] = await session.each([sql.dropOwned(name)]);
    if (answer !== undefined && 'error' in answer && isConflict(answer.error)) throw answer.error;
  });

/** Every role may connect to `postgres`: what the login made in another database is removed too, if the admin can connect there. */
const clearElsewhere = (
  server: Server,
  { spec }: LoginRef,
  database: string,
  clear: (session: Session) => Promise<string[]>,
): Promise<string[]> =>
  server.connect(database, clear).catch((error: unknown) => {
    if (!(error instanceof LoginServerUnavailable)) throw error;
    return [
      `left objects in database ${database} that cannot be given to ${spec.owner}: ${error.message} Let the admin connect there (GRANT CONNECT ON DATABASE "${database}" TO "${server.username}"), or give them away by hand (REASSIGN OWNED, DROP OWNED)`,
    ];
  });

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: dependent_objects_still_exist */
const DEPENDED_ON = '2BP01';

async function drop(session: Session, at: LoginRef): Promise<string[]> {
  const { name, roleId = '' } = at;
  try {
    await retryOnConflict(session, () => ask(session, sql.dropRole(name)));
  } catch (error) {
    if (sqlStateOf(error) !== DEPENDED_ON) throw error;
    const rows = await ask(session, sql.remaining(roleId));
    const databases = await ask(session, sql.dependingDatabases(roleId));
    return [
      `it still has ${listed(rows.map(({ what }) => String(what))) || 'something'} (databases: ${databases.map(({ database }) => String(database)).join(', ') || 'none, but on shared objects'}), which the admin may not remove. Remove it by hand (DROP OWNED BY "${name}", as a superuser there)`,
    ];
  }
  await endSessions(session, at);
  return [];
}
