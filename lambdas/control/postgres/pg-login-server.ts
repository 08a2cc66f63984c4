import { randomBytes } from 'node:crypto';
import { HalfIssued, LoginLeftBehind } from '../../../core/errors.ts';
import { asAdmin, inTransaction, type Query } from './connection.ts';
import type { LoginAt, LoginOrder, LoginServer, LoginSight } from './login-server.ts';
import { scramVerifier } from './scram.ts';
import * as sql from './statements.ts';

const SALT_BYTES = 16;

/** PostgreSQL 16 and later; MAINTAIN needs 17. The admin needs CREATEROLE, and ADMIN on `owner` and every role of `memberOf`. */
export const pgLoginServer: LoginServer = {
  make: (admin, order) =>
    asAdmin(admin, order.spec.database, (query) => inTransaction(query, () => make(query, order))),
  end: (admin, at) => asAdmin(admin, at.spec.database, (query) => end(query, at)),
  look: (admin, at) => asAdmin(admin, at.spec.database, (query) => look(query, at)),
};

interface Standing {
  readonly roleId: string;
  readonly canLogin: boolean;
  readonly comment: string | null;
}

async function standing(query: Query, name: string): Promise<Standing | undefined> {
  const [row] = await query(sql.LOOK, [name]);
  return row as Standing | undefined;
}

/** Whose the role is: read by people, and by an attempt that finds it there. */
const markOf = ({ boundaryId, attempt }: LoginOrder): string => `taskbound ${boundaryId} attempt ${attempt}`;

async function make(query: Query, order: LoginOrder): Promise<{ readonly roleId: string }> {
  const { name, spec, password, validUntilMs } = order;
  const verifier = scramVerifier(password, randomBytes(SALT_BYTES));
  await query(sql.TAKE_TURN);
  const before = await standing(query, name);
  if (before === undefined) {
    await query(sql.createRole({ name, connections: spec.connections, verifier, validUntilMs }));
    await query(sql.becomeMember(name));
    for (const right of spec.rights) await query(sql.grantRight(right, spec.database, name));
    for (const role of spec.memberOf) await query(sql.grantMembership(role, name));
  } else {
    demandEarlierAttempt(before, order);
    await query(sql.replacePassword({ name, verifier, validUntilMs }));
  }
  await query(sql.commentOn(name, markOf(order)));
  const made = before ?? (await standing(query, name));
  return { roleId: made?.roleId ?? '' };
}

/** The password of an earlier attempt is known to nobody who would use it: it is replaced. A later one must not lose its own. */
function demandEarlierAttempt({ comment }: Standing, order: LoginOrder): void {
  const [, boundaryId, attempt] = /^taskbound (\S+) attempt (\d+)$/.exec(comment ?? '') ?? [];
  if (boundaryId === order.boundaryId && Number(attempt) < order.attempt) return;
  throw new HalfIssued(
    `The login ${order.name} stands already, marked ${JSON.stringify(comment)}; only an earlier attempt's may be taken over by attempt ${order.attempt}. Submit the task again under a new id.`,
  );
}

async function end(query: Query, at: LoginAt): Promise<void> {
  const found = await standing(query, at.name);
  if (found !== undefined) await query(sql.shut(at.name));
  await endSessions(query, at, found?.roleId ?? null);
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

/** How often the server is asked whether they are gone, and how long it sleeps in between, seconds. */
const LOOKS = 30;
const PAUSE_SECONDS = 0.1;

/** Terminates until none is left: one that was being opened when the role was shut may appear after the first look. */
async function endSessions(query: Query, at: LoginAt, roleId: string | null): Promise<void> {
  const ids = [roleId, at.roleId ?? null];
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const ended = await query(sql.END_SESSIONS, ids);
    if (ended.length === 0) return;
    await query(`SELECT pg_sleep(${PAUSE_SECONDS})`);
  }
  const left = await countSessions(query, ids);
  if (left === 0) return;
  throw new LoginLeftBehind(
    `${left} sessions of the login ${at.name} did not end within ${LOOKS * PAUSE_SECONDS} s of being told to; none may be left. It is tried again; if it goes on, look at what they wait for in pg_stat_activity.`,
  );
}

async function countSessions(query: Query, ids: readonly (string | null)[]): Promise<number> {
  const [row] = await query(sql.COUNT_SESSIONS, ids);
  return Number(row?.['sessions'] ?? 0);
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

async function look(query: Query, at: LoginAt): Promise<LoginSight> {
  const found = await standing(query, at.name);
  const sessions = await countSessions(query, [found?.roleId ?? null, at.roleId ?? null]);
  return { exists: found !== undefined, canLogin: found?.canLogin ?? false, sessions };
}
