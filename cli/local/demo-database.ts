import { randomBytes } from 'node:crypto';
import { startPostgres, type PostgresOptions, type PostgresServer } from './postgres-server.ts';

/** The database that the sample works on, and the admin that makes its logins. */
export const DEMO_DATABASE = 'demo';
const ADMIN = 'taskbound_admin';

/** A database with the demo's schema on a server of its own. */
export interface DemoDatabase {
  readonly server: PostgresServer;
  /** What the admin secret holds, in the form of RDS. */
  readonly adminSecret: string;
}

/** Starts a server, makes the admin with a password that nobody else knows, and runs the script of the schema. */
export async function startDemoDatabase(
  script: string,
  options: PostgresOptions = {},
): Promise<DemoDatabase> {
  const server = await startPostgres(options);
  try {
    const password = randomBytes(24).toString('base64url');
    await server.run(`CREATE ROLE ${ADMIN} LOGIN CREATEROLE PASSWORD '${password}'`);
    await server.run(`CREATE DATABASE ${DEMO_DATABASE}`);
    await server.run(script, DEMO_DATABASE);
    const { host, port } = server;
    const login = { engine: 'postgres', host, port, username: ADMIN, password, dbname: DEMO_DATABASE };
    const access = { ...login, sslmode: 'disable' }; // it listens on this machine only, and has no certificate
    return { server, adminSecret: JSON.stringify(access) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
