import { randomBytes } from 'node:crypto';
import { HalfIssued } from '../../../core/shared/errors.ts';
import { retryOnConflict } from './retry-on-conflict.ts';
import { asAdmin, ifAllowed, inTransaction, onServer, type Query } from './connection.ts';
import { endLogin } from './end-login.ts';
import type { LoginRef, LoginOrder, LoginServer, LoginState } from './login-server.ts';
import { scramVerifier } from './scram.ts';
import { countSessions } from './terminate-sessions.ts';
import { readLoginRole, type LoginRole } from './login-role.ts';
import * as sql from './statements.ts';

const SALT_BYTES = 16;

/**
 * PostgreSQL 16 and later; MAINTAIN needs 17. The admin needs CREATEROLE, and ADMIN on `owner` and every role
 * of `memberOf`.
 */
export const pgLoginServer: LoginServer = {
  make: (admin, order) =>
    asAdmin(admin, order.spec.database, (query) =>
      retryOnConflict(query, () => inTransaction(query, () => make(query, order))),
    ),
  end: (admin, at) => onServer(admin, at.spec.database, (server) => endLogin(server, at)),
  look: (admin, at) => asAdmin(admin, at.spec.database, (query) => look(query, at)),
};

/** Marks the role's owner, for people and for later attempts. */
const markOf = ({ boundaryId, attempt }: LoginOrder): string => `taskbound ${boundaryId} attempt ${attempt}`;

async function make(query: Query, order: LoginOrder): Promise<{ readonly roleId: string }> {
  const { name, spec, password, validUntilMs } = order;
  const verifier = scramVerifier(password, randomBytes(SALT_BYTES));
  const before = await readLoginRole(query, name);
  if (before === undefined) {
    await query(sql.createRole({ name, connections: spec.connections, verifier, validUntilMs }));
    await query(sql.becomeMember(name));
    await ifAllowed(query, sql.takeTurn(spec.owner, name));
    for (const right of spec.rights) await query(sql.grantRight(right, spec.database, name));
    for (const role of spec.memberOf) await query(sql.grantMembership(role, name));
  } else {
    assertEarlierAttempt(before, order);
    await query(sql.replacePassword({ name, verifier, validUntilMs }));
  }
  await query(sql.commentOn(name, markOf(order)));
  const made = before ?? (await readLoginRole(query, name));
  return { roleId: made?.roleId ?? '' };
}

/**
 * Throws `HalfIssued` unless an earlier attempt made the role. The password of an earlier attempt is lost and
 * is replaced; that of a later one must not be.
 */
function assertEarlierAttempt({ comment }: LoginRole, order: LoginOrder): void {
  const [, boundaryId, attempt] = /^taskbound (\S+) attempt (\d+)$/.exec(comment ?? '') ?? [];
  if (boundaryId === order.boundaryId && Number(attempt) < order.attempt) return;
  throw new HalfIssued(
    `The login ${order.name} exists already, marked ${JSON.stringify(comment)}; attempt ${order.attempt} may take over only the login of an earlier attempt. Submit the task again under a new id.`,
  );
}

async function look(query: Query, at: LoginRef): Promise<LoginState> {
  const found = await readLoginRole(query, at.name);
  const sessions = await countSessions({ query }, [found?.roleId ?? null, at.roleId ?? null]);
  return { exists: found !== undefined, canLogin: found?.canLogin ?? false, sessions };
}
