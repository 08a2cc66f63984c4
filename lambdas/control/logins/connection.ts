import { errorMessage } from 'taskbound-evidence/describe-error';
import { TaskboundError } from 'taskbound-evidence/errors';
import { sqlFault, sqlStateOf } from '../../../core/logins/sql-fault.ts';
import { LoginServerUnavailable } from '../../../core/shared/errors.ts';
import type { AdminAccess } from './admin-access.ts';
import type { AdminConnections, Borrowed } from './admin-connections.ts';
import { ask, sessionOn, type Session } from './session.ts';
import { setRole } from './statements.ts';

/** A server, with a session in the login's database, and a way to open others: to wait on one while the first acts, and for other databases. */
export interface Server {
  readonly session: Session;
  /** The role of the admin of the secret. */
  readonly username: string;
  /** The role that the admin acts as, if it is not its own. */
  actor: string | undefined;
  connect<T>(database: string, work: (session: Session) => Promise<T>): Promise<T>;
}

/** Runs `work` as the admin, on a connection that is kept for the next call, unless this one fails. */
export const asAdmin = <T>(
  connections: AdminConnections,
  admin: AdminAccess,
  database: string,
  work: (session: Session) => Promise<T>,
): Promise<T> => run(admin, database, () => connections.borrow(admin, database), work);

/**
 * In `database`, or in one that every server has: a login whose database was dropped, perhaps by itself, has to be ended all
 * the same.
 */
async function anyway(database: string, connect: (database: string) => Promise<Borrowed>): Promise<Borrowed> {
  try {
    return await connect(database);
  } catch (error) {
    if (sqlStateOf(error) !== NO_SUCH_DATABASE) throw error;
    return connect(MAINTENANCE_DATABASE);
  }
}
/** https://www.postgresql.org/docs/18/errcodes-appendix.html: invalid_catalog_name */
const NO_SUCH_DATABASE = '3D000';
const MAINTENANCE_DATABASE = 'postgres';

/** Like `asAdmin`, also if the database is gone. */
export const asAdminAnyway = <T>(
  connections: AdminConnections,
  admin: AdminAccess,
  database: string,
  work: (session: Session) => Promise<T>,
): Promise<T> =>
  run(admin, database, () => anyway(database, (existing) => connections.borrow(admin, existing)), work);

/** Like `asAdminAnyway`, for what takes more than one connection. */
export const onServer = <T>(
  connections: AdminConnections,
  admin: AdminAccess,
  database: string,
  work: (server: Server) => Promise<T>,
): Promise<T> =>
  asAdminAnyway(connections, admin, database, (session) => {
    const server: Server = {
      session,
      username: admin.username,
      actor: undefined,
      connect: (other, elsewhere) =>
        run(
          admin,
          other,
          () => anyway(other, (existing) => connections.open(admin, existing)),
          async (opened) => {
            if (server.actor !== undefined) await ask(opened, setRole(server.actor));
            return elsewhere(opened);
          },
        ),
    };
    return work(server);
  });

/**
 * Errors become `LoginServerUnavailable` with the code and the statement: the server's own message may quote
 * data of the database. A connection whose role was set is not kept.
 */
async function run<T>(
  admin: AdminAccess,
  database: string,
  connect: () => Promise<Borrowed>,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const askedBy = new WeakMap<object, string>();
  let borrowed: Borrowed | undefined;
  let isClean = false;
  try {
    borrowed = await connect();
    const session = sessionOn(borrowed.client, (error, text) => askedBy.set(Object(error), text));
    const tracked = trackRoles(session);
    const result = await work(tracked.session);
    isClean = !tracked.hasSetRole();
    return result;
  } catch (error) {
    if (error instanceof TaskboundError) throw error;
    const asked = askedBy.get(Object(error)) ?? 'to connect';
    throw unavailable(admin, database, asked, error);
  } finally {
    borrowed?.release(isClean);
  }
}

function trackRoles(session: Session): { readonly session: Session; hasSetRole(): boolean } {
  let hasSetRole = false;
  const note = (statements: readonly string[]) => {
    hasSetRole ||= statements.some((statement) => statement.startsWith('SET ROLE'));
  };
  return {
    session: {
      together: (...statements) => {
        note(statements);
        return session.together(...statements);
      },
      each: (statements) => {
        note(statements);
        return session.each(statements);
      },
    },
    hasSetRole: () => hasSetRole,
  };
}

function unavailable(
  { host, port, username }: AdminAccess,
  database: string,
  asked: string,
  error: unknown,
): LoginServerUnavailable {
  const fault = sqlFault(error) ?? errorMessage(error);
  return new LoginServerUnavailable(
    `The database server ${host}:${port} did not do what ${username} asked in ${database}: ${fault}, at: ${inShort(asked)}. It is tried again; if it repeats, look at the server and its log, its address and the admin's rights in the admin secret.`,
  );
}

const STATEMENT_CHARACTERS = 200;

/** A statement without its literals: one of them is a password's verifier. */
const inShort = (statement: string): string =>
  statement.replace(/'.*/s, "'…").replace(/\s+/g, ' ').trim().slice(0, STATEMENT_CHARACTERS);
