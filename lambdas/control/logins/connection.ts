import pg from 'pg';
import { tlsOf } from '../../../core/logins/database-tls.ts';
import { errorMessage } from 'taskbound-evidence/describe-error';
import { LoginServerUnavailable } from '../../../core/shared/errors.ts';
import { TaskboundError } from 'taskbound-evidence/errors';
import { sqlFault } from '../../../core/logins/sql-fault.ts';
import type { AdminAccess } from './admin-access.ts';

/**
 * A database that hangs must fail the call, not the function, which has 30 seconds: a lock that is not
 * granted, a statement that does not end, a server that accepts the connection and does not answer.
 * Milliseconds.
 */
const CONNECT_MS = 5_000;
const LOCK_MS = 5_000;
const STATEMENT_MS = 8_000;
/** The client's own timeout, for a connection that is lost without an error. */
const ANSWER_MS = 10_000;

export type Query = (text: string, values?: readonly unknown[]) => Promise<Record<string, unknown>[]>;

/**
 * Runs `work` as the admin, on a new connection: none is kept, because a frozen function cannot see that the
 * server has closed it. Errors become `LoginServerUnavailable` with the code and the statement: the server's
 * own message may quote data of the database.
 */
export async function asAdmin<T>(
  admin: AdminAccess,
  database: string,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: admin.host,
    port: admin.port,
    user: admin.username,
    password: admin.password.reveal(),
    database,
    ssl: tlsOf(admin),
    application_name: 'taskbound',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    statement_timeout: STATEMENT_MS,
    lock_timeout: LOCK_MS,
  });
  client.on('error', () => undefined); // the current call fails with it
  const askedBy = new WeakMap<object, string>();
  try {
    await client.connect();
    const query: Query = async (text, values = []) => {
      const { rows } = await client.query(text, [...values]).catch((error: object) => {
        askedBy.set(error, text);
        throw error;
      });
      return rows;
    };
    // Names in the admin's statements must not resolve to objects that a user made in `public`.
    await query('SET search_path TO pg_catalog, pg_temp');
    return await work(query);
  } catch (error) {
    if (error instanceof TaskboundError) throw error;
    const asked = askedBy.get(Object(error)) ?? 'to connect';
    throw unavailable(admin, database, asked, error);
  } finally {
    client.end().catch(() => undefined); // not awaited: a server that is gone does not answer
  }
}

/**
 * One connection, and a way to open others: to wait on one while the first acts, and for the server's other
 * databases.
 */
export interface Server {
  readonly query: Query;
  connect<T>(database: string, work: (query: Query) => Promise<T>): Promise<T>;
}

/** Like `asAdmin`, for what takes more than one connection. */
export const onServer = <T>(
  admin: AdminAccess,
  database: string,
  work: (server: Server) => Promise<T>,
): Promise<T> =>
  asAdmin(admin, database, (query) =>
    work({ query, connect: (other, elsewhere) => asAdmin(admin, other, elsewhere) }),
  );

/** All of it or nothing. */
export async function inTransaction<T>(query: Query, work: () => Promise<T>): Promise<T> {
  await query('BEGIN');
  try {
    const result = await work();
    await query('COMMIT');
    return result;
  } catch (error) {
    await query('ROLLBACK').catch(() => undefined); // the first error is the cause
    throw error;
  }
}

/**
 * insufficient_privilege, undefined_object, undefined_table, invalid_schema_name, lock_not_available:
 * https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
const REFUSALS: ReadonlySet<unknown> = new Set(['42501', '42704', '42P01', '3F000', '55P03']);

/**
 * Runs a statement whose refusal must not undo the rest of its transaction: its object is gone, not the
 * admin's, or locked.
 */
export async function ifAllowed(query: Query, statement: string): Promise<void> {
  await query('SAVEPOINT one');
  try {
    await query(statement);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && REFUSALS.has(error.code))) throw error;
    await query('ROLLBACK TO SAVEPOINT one');
  }
  await query('RELEASE SAVEPOINT one');
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
