import { randomBytes } from 'node:crypto';
import { startPostgres, type PostgresOptions, type PostgresServer } from './postgres-server.ts';

/** The sample's database, and the admin that creates its logins. */
export const DEMO_DATABASE = 'demo';
const ADMIN = 'taskbound_admin';

/** A database with the demo's schema, on its own server. */
export interface DemoDatabase {
  readonly server: PostgresServer;
  /** The value of the admin secret, in RDS's format. */
  readonly adminSecret: string;
}

/** Starts a server, creates the admin with a random password, and runs the schema's script. */
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
    const access = { ...login, sslmode: 'disable' }; // it listens only on this machine and has no certificate
    return { server, adminSecret: JSON.stringify(access) };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
