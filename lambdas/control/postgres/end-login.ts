import { LoginLeftBehind } from '../../../core/errors.ts';
import { again } from './again.ts';
import { ifAllowed, inTransaction, type Query, type Server } from './connection.ts';
import type { LoginAt } from './login-server.ts';
import { shutOut } from './shut-out.ts';
import { standing } from './standing.ts';
import * as sql from './statements.ts';

/** See `LoginServer.end`: each step is done whatever an earlier attempt did of it. */
export async function endLogin(server: Server, at: LoginAt): Promise<void> {
  const { query } = server;
  const found = await standing(query, at.name);
  await shutOut(server, at, found?.roleId ?? null);
  if (found === undefined) return;
  const failed = await revokeRights(query, at, found.roleId);
  await demandNothingLeftBehind(query, at, found.roleId); // which may be what is in the way of a revocation
  if (failed !== undefined) throw failed.error;
  await inTurn(query, at, async () => {
    for (const statement of sql.dropStatements(at.name, at.spec.owner)) await query(statement);
  }).catch((error: unknown) => {
    throw isDependedOn(error) ? elsewhere(at, error) : error;
  });
}

/** In a transaction, after the other logins of the same owner, and once more if it collides with somebody's else. */
const inTurn = <T>(query: Query, { name, spec }: LoginAt, work: () => Promise<T>): Promise<T> =>
  again(query, () =>
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

async function demandNothingLeftBehind(query: Query, { name, spec }: LoginAt, roleId: string): Promise<void> {
  const left = await query(sql.LEFT_BEHIND, [roleId, spec.memberOf.includes(spec.owner)]);
  if (left.length === 0) return;
  const names = left.map(({ what }) => String(what));
  throw new LoginLeftBehind(
    `The login ${name} left behind in ${spec.database} what runs with its owner's rights, and ${spec.owner} may not get that unseen: ${names.join(', ')}. The login is shut, and its rights were taken as far as that let them be. Look at it, then drop it; the next attempt finishes.`,
  );
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: dependent_objects_still_exist */
const isDependedOn = (error: unknown): error is Error & { detail?: string } =>
  error instanceof Error && 'code' in error && error.code === '2BP01';

const elsewhere = ({ name, spec }: LoginAt, error: Error & { readonly detail?: string }): LoginLeftBehind =>
  new LoginLeftBehind(
    `The login ${name} cannot be dropped: ${error.message}${error.detail === undefined ? '' : ` (${error.detail})`}. Only what it has in ${spec.database} is given to ${spec.owner}. The login is shut. Remove the rest by hand; the next attempt finishes.`,
  );
