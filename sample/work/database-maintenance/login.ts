import pg from 'pg';
import * as z from 'zod';
import { DEFAULT_SSLMODE, sslmode, tlsOf } from '../../../core/logins/database-tls.ts';
import type { Secret } from '../../../core/secrets/secret.ts';
import { SessionRefused } from './errors.ts';
import { faultOf } from './fault.ts';

/** The secret that the issuer wrote, in the format of RDS, with the TLS settings of the admin secret. */
const loginSecret = z.looseObject({
  host: z.string(),
  port: z.number(),
  username: z.string(),
  password: z.string(),
  dbname: z.string(),
  sslmode: sslmode.default(DEFAULT_SSLMODE),
  ca: z.string().optional(),
});

const CONNECT_MS = 10_000;

/** Runs `work` with a session of the task's own login. If the session is lost, the current query fails. */
export async function withLogin<T>(
  secret: Secret<string>,
  boundaryId: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const access = loginSecret.parse(JSON.parse(secret.reveal()));
  const { host, port, username, password, dbname } = access;
  const client = new pg.Client({
    host,
    port,
    user: username,
    password,
    database: dbname,
    ssl: tlsOf(access),
    application_name: boundaryId.slice(0, 63),
    connectionTimeoutMillis: CONNECT_MS,
  });
  client.on('error', () => undefined);
  try {
    await client.connect().catch((error: unknown) => {
      throw refused(access, error);
    });
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

const refused = ({ host, port }: z.infer<typeof loginSecret>, error: unknown): SessionRefused =>
  new SessionRefused(
    `No session at ${host}:${port}: ${faultOf(error)}. Nothing was run. Check the server's log, its TLS settings and the network path, and submit again.`,
  );
