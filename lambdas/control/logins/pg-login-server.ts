import { randomBytes } from 'node:crypto';
import type { Clock } from 'taskbound-time/clock';
import { systemClock } from 'taskbound-time/system-clock';
import { HalfIssued, LoginServerUnavailable } from '../../../core/shared/errors.ts';
import { sqlStateOf } from '../../../core/logins/sql-fault.ts';
import { AdminConnections } from './admin-connections.ts';
import { asAdmin, asAdminAnyway, onServer } from './connection.ts';
import { endLogin } from './end-login.ts';
import type { LoginRole } from './login-role.ts';
import type { LoginRef, LoginOrder, LoginServer, LoginState } from './login-server.ts';
import { isConflict, retryOnConflict } from './retry-on-conflict.ts';
import { scramVerifier } from './scram.ts';
import { ask, inTransaction, type Session } from './session.ts';
import * as sql from './statements.ts';
import { survey } from './survey.ts';

const SALT_BYTES = 16;

/** How long one attempt to end a login may take. The function has 30 s, and one statement may take 8 s of them. */
const END_MS = 18_000;

/** A `LoginServer` that keeps its connections until `close`. */
export interface PgLoginServer extends LoginServer {
  close(): Promise<void>;
}

/**
 * PostgreSQL 16 and later; MAINTAIN needs 17. The admin needs CREATEROLE, `pg_signal_backend`, and ADMIN,
 * INHERIT and SET on `owner` and every role of `memberOf`.
 */
export function openPgLoginServer(clock: Pick<Clock, 'nowMs'> = systemClock): PgLoginServer {
  const connections = new AdminConnections(clock);
  return {
    make: (admin, order) =>
      asAdmin(connections, admin, order.spec.database, (session) => make(session, order, admin.username)),
    end: (admin, at) =>
      onServer(connections, admin, at.spec.database, (server) =>
        endLogin(server, at, assertUntil(clock.nowMs() + END_MS, at, clock)),
      ),
    look: (admin, at) => asAdminAnyway(connections, admin, at.spec.database, (session) => look(session, at)),
    close: () => connections.close(),
  };
}

/** Of this process. */
export const pgLoginServer: PgLoginServer = openPgLoginServer();

function assertUntil(endMs: number, { name }: LoginRef, clock: Pick<Clock, 'nowMs'>): () => void {
  return () => {
    if (clock.nowMs() < endMs) return;
    throw new LoginServerUnavailable(
      `The login ${name} has more rights or objects than one attempt can remove, or others lock them. What was removed stays removed; the next attempt continues.`,
    );
  };
}

/** Marks the role's owner, for people and for later attempts. */
const markOf = ({ boundaryId, attempt }: LoginOrder): string => `taskbound ${boundaryId} attempt ${attempt}`;

async function make(
  session: Session,
  order: LoginOrder,
  admin: string,
): Promise<{ readonly roleId: string }> {
  const verifier = await scramVerifier(order.password, randomBytes(SALT_BYTES));
  return retryOnConflict(session, async () => {
    const { role, otherAdmins } = await survey(session, order, admin);
    if (role !== undefined) return takeOver(session, role, order, verifier);
    const statements = [...creating(order, verifier, otherAdmins), sql.readRole(order.name)];
    const rows = await session.together(...statements).catch((error: unknown) => {
      if (isConflict(error) || sqlStateOf(error) === undefined) throw error;
      return inTransaction(session, statements); // names the refused statement
    });
    return { roleId: String(rows.at(-1)?.[0]?.['roleId']) };
  });
}

/** Rights come last: they change rows of the catalog that other logins of the same rights change as well. */
function creating(order: LoginOrder, verifier: string, otherAdmins: readonly string[]): string[] {
  const { name, spec, validUntilMs } = order;
  return [
    sql.createRole({ name, connections: spec.connections, verifier, validUntilMs }),
    sql.commentOn(name, markOf(order)),
    sql.becomeMember(name),
    ...otherAdmins.map((other) => sql.letAdminister(name, other)),
    ...spec.rights.map((right) => sql.grantRight(right, spec.database, name)),
    ...spec.memberOf.map((role) => sql.grantMembership(role, name)),
  ];
}

/** The password of an earlier attempt is lost and is replaced. */
async function takeOver(
  session: Session,
  role: LoginRole,
  order: LoginOrder,
  verifier: string,
): Promise<{ readonly roleId: string }> {
  const { name, validUntilMs } = order;
  assertEarlierAttempt(role, order);
  await session.together(
    sql.replacePassword({ name, verifier, validUntilMs }),
    sql.commentOn(name, markOf(order)),
  );
  return { roleId: role.roleId };
}

/** Throws `HalfIssued` unless an earlier attempt made the role. That of a later one must not be changed. */
function assertEarlierAttempt({ comment }: LoginRole, order: LoginOrder): void {
  const [, boundaryId, attempt] = /^taskbound (\S+) attempt (\d+)$/.exec(comment ?? '') ?? [];
  if (boundaryId === order.boundaryId && Number(attempt) < order.attempt) return;
  throw new HalfIssued(
    `The login ${order.name} exists already, marked ${JSON.stringify(comment)}; attempt ${order.attempt} may take over only the login of an earlier attempt. Submit the task again under a new id.`,
  );
}

async function look(session: Session, { name, roleId }: LoginRef): Promise<LoginState> {
  const [row] = await ask(session, sql.look(name, roleId));
  return {
    exists: row?.['exists'] === true,
    canLogin: row?.['canLogin'] === true,
    sessions: Number(row?.['sessions']),
  };
}
