import { LoginLeftBehind } from '../../../core/errors.ts';
import { inTransaction, type Query, type Server } from './connection.ts';
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
  await inTransaction(query, async () => {
    await query(sql.TAKE_TURN);
    const revokes = await query(sql.REVOKES, [found.roleId]);
    for (const { revoke } of revokes) await query(String(revoke));
  });
  await demandNothingLeftBehind(query, at, found.roleId);
  await inTransaction(query, async () => {
    await query(sql.TAKE_TURN);
    for (const statement of sql.dropStatements(at.name, at.spec.owner)) await query(statement);
  }).catch((error: unknown) => {
    throw isDependedOn(error) ? elsewhere(at, error) : error;
  });
}

async function demandNothingLeftBehind(query: Query, { name, spec }: LoginAt, roleId: string): Promise<void> {
  const left = await query(sql.LEFT_BEHIND, [roleId, spec.memberOf.includes(spec.owner)]);
  if (left.length === 0) return;
  const names = left.map(({ what }) => String(what));
  throw new LoginLeftBehind(
    `The login ${name} left behind in ${spec.database} what runs with its owner's rights, and ${spec.owner} may not get that unseen: ${names.join(', ')}. The login is shut and has no rights. Look at it, then drop it; the next attempt finishes.`,
  );
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: dependent_objects_still_exist */
const isDependedOn = (error: unknown): error is Error & { detail?: string } =>
  error instanceof Error && 'code' in error && error.code === '2BP01';

const elsewhere = ({ name, spec }: LoginAt, error: Error & { readonly detail?: string }): LoginLeftBehind =>
  new LoginLeftBehind(
    `The login ${name} cannot be dropped: ${error.message}${error.detail === undefined ? '' : ` (${error.detail})`}. Only what it has in ${spec.database} is given to ${spec.owner}. The login is shut. Remove the rest by hand; the next attempt finishes.`,
  );
