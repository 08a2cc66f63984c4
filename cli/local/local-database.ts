import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { SeedError } from 'taskbound-local/seed/seed';
import { startPostgres, type PostgresOptions, type PostgresServer } from './postgres-server.ts';

/** The user of the admin secret: a schema's script gives it what it needs. */
const ADMIN = 'taskbound_admin';

/** The databases of one admin secret, on their own server. */
export interface LocalDatabase {
  readonly server: PostgresServer;
  /** The value of the admin secret, in RDS's format. */
  readonly adminSecret: string;
}

/** The script that creates a database's schema. */
export interface Schema {
  /** Where it is, for messages. */
  readonly where: string;
  readonly sql: string;
}

/**
 * Starts a server, creates the admin with a random password and the databases by name, and runs the script of each that has one, as the
 * superuser. Throws `SeedError` when PostgreSQL refuses a script.
 */
export async function startDatabases(
  databases: ReadonlyMap<string, Schema | undefined>,
  options: PostgresOptions = {},
): Promise<LocalDatabase> {
  const server = await startPostgres(options);
  try {
    const password = randomBytes(24).toString('base64url');
    await server.run(`CREATE ROLE ${ADMIN} LOGIN CREATEROLE PASSWORD '${password}'`);
    for (const [name, schema] of databases) {
      await server.run(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
      if (schema !== undefined) await createSchema(server, name, schema);
    }
    const [dbname = 'postgres'] = databases.keys();
    const { host, port } = server;
    const login = { engine: 'postgres', host, port, username: ADMIN, password, dbname };
    const access = { ...login, sslmode: 'disable' }; // it listens only on this machine and has no certificate
    return { server, adminSecret: JSON.stringify(access) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function createSchema(server: PostgresServer, database: string, { where, sql }: Schema): Promise<void> {
  try {
    await server.run(sql, database);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const line = lineOf(sql, error.position);
    throw new SeedError(
      `${where}${line === undefined ? '' : `, line ${line}`}: PostgreSQL refuses the schema of the database ${database}: ${error.message}. Correct the script.`,
    );
  }
}

/** The line of a position, which counts characters from 1: https://www.postgresql.org/docs/current/protocol-error-fields.html */
const lineOf = (sql: string, position: string | undefined): number | undefined =>
  position === undefined
    ? undefined
    : [...sql].slice(0, Number(position) - 1).filter((character) => character === '\n').length + 1;
