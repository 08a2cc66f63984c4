import { LoginLeftBehind, LoginServerUnavailable } from '../../../core/shared/errors.ts';
import { sqlStateOf } from '../../../core/logins/sql-fault.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { ifAllowed, inTransaction, type Query, type Server } from './connection.ts';
import type { LoginRef } from './login-server.ts';
import { terminateSessions } from './terminate-sessions.ts';
import { readLoginRole } from './login-role.ts';
import * as sql from './statements.ts';

/** See `LoginServer.end`: each step can be repeated after an earlier attempt. */
export async function endLogin(server: Server, at: LoginRef): Promise<void> {
  const { query } = server;
  const found = await readLoginRole(query, at.name);
  await terminateSessions(server, at, found?.roleId ?? null);
  if (found === undefined) return;
  const failed = await revokeRights(query, at, found.roleId);
  await assertNothingLeftBehind(query, at, found.roleId, at.spec.database); // it may be what prevents a revocation
  if (failed !== undefined) throw failed.error;
  await giveAway(query, at);
  await giveAwayElsewhere(server, at, found.roleId);
  await retryOnConflict(query, () => query(sql.dropRole(at.name))).catch(async (error: unknown) => {
    throw sqlStateOf(error) === DEPENDED_ON ? await stillDependedOn(query, at, found.roleId) : error;
  });
}

/** In a transaction, one login of an owner at a time, and again if it conflicts with another transaction. */
const inTurn = <T>(query: Query, { name, spec }: LoginRef, work: () => Promise<T>): Promise<T> =>
  retryOnConflict(query, () =>
    inTransaction(query, async () => {
      await ifAllowed(query, sql.takeTurn(spec.owner, name));
      return work();
    }),
  );

/**
 * Revokes its rights, as the catalog has them. The admin may not revoke what other users granted on their own
 * tables: that does not stop the rest, and shows when the login is dropped.
 */
const revokeRights = (query: Query, at: LoginRef, roleId: string): Promise<{ error: unknown } | undefined> =>
  inTurn(query, at, async () => {
    const revokes = await query(sql.REVOKES, [roleId]);
    for (const { revoke } of revokes) await ifAllowed(query, String(revoke));
  }).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );

/** Gives what it owns in the database of the connection to `owner`; only rights are left then. */
const giveAway = (query: Query, at: LoginRef): Promise<void> =>
  inTurn(query, at, async () => {
    for (const statement of sql.giveAway(at.name, at.spec.owner)) await query(statement);
  });

/**
 * Every role may connect to `postgres`: what the login made in another database is given away too, if the
 * admin can connect there.
 */
async function giveAwayElsewhere(server: Server, at: LoginRef, roleId: string): Promise<void> {
  const others = await server.query(sql.DEPENDING_DATABASES, [roleId]);
  for (const other of others.map(({ database }) => String(database)))
    if (other !== at.spec.database)
      await server
        .connect(other, async (query) => {
          await assertNothingLeftBehind(query, at, roleId, other);
          await giveAway(query, at);
        })
        .catch((error: unknown) => {
          throw error instanceof LoginServerUnavailable ? outOfReach(at, other, error) : error;
        });
}

const outOfReach = ({ name, spec }: LoginRef, database: string, error: Error): LoginLeftBehind =>
  new LoginLeftBehind(
    `The login ${name} left objects in database ${database} that cannot be given to ${spec.owner}: ${error.message} The login is disabled and has no session. Let the admin connect there, or give them away by hand (REASSIGN OWNED, DROP OWNED); the next attempt finishes.`,
  );

async function assertNothingLeftBehind(
  query: Query,
  { name, spec }: LoginRef,
  roleId: string,
  database: string,
): Promise<void> {
  const left = await query(sql.LEFT_BEHIND, [roleId, spec.memberOf.includes(spec.owner)]);
  if (left.length === 0) return;
  const names = left.map(({ what }) => String(what));
  throw new LoginLeftBehind(
    `The login ${name} left behind in ${database} what runs with its owner's rights, and ${spec.owner} may not get that without a review: ${names.join(', ')}. The login is disabled, and its rights were revoked as far as possible. Review it, then drop it; the next attempt finishes.`,
  );
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: dependent_objects_still_exist */
const DEPENDED_ON = '2BP01';

/**
 * Usually rights that other users granted on their own objects: only they, or a superuser, can revoke them.
 */
async function stillDependedOn(query: Query, { name }: LoginRef, roleId: string): Promise<LoginLeftBehind> {
  const databases = (await query(sql.DEPENDING_DATABASES, [roleId])).map(({ database }) => String(database));
  return new LoginLeftBehind(
    `The login ${name} cannot be dropped: it still has objects or rights in database ${databases.join(', ') || 'none, but on shared objects'}, which the admin may not remove. The login is disabled and has no session. Remove them by hand (DROP OWNED BY, as a superuser there); the next attempt finishes.`,
  );
}
