import { LoginLeftBehind, LoginServerUnavailable } from '../../../core/shared/errors.ts';
import { sqlStateOf } from '../../../core/logins/sql-fault.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { ifAllowed, inTransaction, type Query, type Server } from './connection.ts';
import type { LoginAt } from './login-server.ts';
import { terminateSessions } from './terminate-sessions.ts';
import { readLoginRole } from './login-role.ts';
import * as sql from './statements.ts';

/** See `LoginServer.end`: each step is done whatever an earlier attempt did of it. */
export async function endLogin(server: Server, at: LoginAt): Promise<void> {
  const { query } = server;
  const found = await readLoginRole(query, at.name);
  await terminateSessions(server, at, found?.roleId ?? null);
  if (found === undefined) return;
  const failed = await revokeRights(query, at, found.roleId);
  await assertNothingLeftBehind(query, at, found.roleId, at.spec.database); // which may be what is in the way of a revocation
  if (failed !== undefined) throw failed.error;
  await giveAway(query, at);
  await giveAwayElsewhere(server, at, found.roleId);
  await retryOnConflict(query, () => query(sql.dropRole(at.name))).catch(async (error: unknown) => {
    throw sqlStateOf(error) === DEPENDED_ON ? await stillDependedOn(query, at, found.roleId) : error;
  });
}

/** In a transaction, after the other logins of the same owner, and once more if it collides with somebody's else. */
const inTurn = <T>(query: Query, { name, spec }: LoginAt, work: () => Promise<T>): Promise<T> =>
  retryOnConflict(query, () =>
    inTransaction(query, async () => {
      await ifAllowed(query, sql.takeTurn(spec.owner, name));
      return work();
    }),
  );

/**
 * Its rights, as the catalog has them. What others gave it (any user may, on a table of their own) the admin may not take: it does not
 * stop the rest, and shows when the login is dropped.
 */
const revokeRights = (query: Query, at: LoginAt, roleId: string): Promise<{ error: unknown } | undefined> =>
  inTurn(query, at, async () => {
    const revokes = await query(sql.REVOKES, [roleId]);
    for (const { revoke } of revokes) await ifAllowed(query, String(revoke));
  }).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );

/** What it owns in the database of the connection goes to `owner`; what is left then are rights. */
const giveAway = (query: Query, at: LoginAt): Promise<void> =>
  inTurn(query, at, async () => {
    for (const statement of sql.giveAway(at.name, at.spec.owner)) await query(statement);
  });

/** Every login may connect to `postgres`, as everybody may: what it made in another database goes the same way, if the admin gets there. */
async function giveAwayElsewhere(server: Server, at: LoginAt, roleId: string): Promise<void> {
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

const outOfReach = ({ name, spec }: LoginAt, database: string, error: Error): LoginLeftBehind =>
  new LoginLeftBehind(
    `The login ${name} left objects in database ${database} that cannot be given to ${spec.owner}: ${error.message} The login is shut and has no session. Let the admin connect there, or give them away by hand (REASSIGN OWNED, DROP OWNED); the next attempt finishes.`,
  );

async function assertNothingLeftBehind(
  query: Query,
  { name, spec }: LoginAt,
  roleId: string,
  database: string,
): Promise<void> {
  const left = await query(sql.LEFT_BEHIND, [roleId, spec.memberOf.includes(spec.owner)]);
  if (left.length === 0) return;
  const names = left.map(({ what }) => String(what));
  throw new LoginLeftBehind(
    `The login ${name} left behind in ${database} what runs with its owner's rights, and ${spec.owner} may not get that unseen: ${names.join(', ')}. The login is shut, and its rights were taken as far as that let them be. Look at it, then drop it; the next attempt finishes.`,
  );
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: dependent_objects_still_exist */
const DEPENDED_ON = '2BP01';

/** What others gave it on their own objects, mostly: only they, or a superuser, can take it back. */
async function stillDependedOn(query: Query, { name }: LoginAt, roleId: string): Promise<LoginLeftBehind> {
  const databases = (await query(sql.DEPENDING_DATABASES, [roleId])).map(({ database }) => String(database));
  return new LoginLeftBehind(
    `The login ${name} cannot be dropped: it still has objects or rights in database ${databases.join(', ') || 'none, but on shared objects'}, which are not the admin's to take. The login is shut and has no session. Remove them by hand (DROP OWNED BY, as a superuser there); the next attempt finishes.`,
  );
}
