import pg from 'pg';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import type { Clock } from 'taskbound-time/clock';
import { tlsOf } from '../../../core/logins/database-tls.ts';
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

/** How many connections a process keeps to one database as one admin. A function needs one at a time. */
const MOST_CONNECTIONS = 4;
/** How many databases a process keeps connections to. */
const MOST_POOLS = 8;
/**
 * How long an unused connection stays open. The server enforces it as well (`idle_session_timeout`), because
 * a frozen function closes nothing.
 */
const IDLE_MS = 60_000;
/** A connection that was unused for longer is tried before it is used: the function may have been frozen. */
const TRUSTED_MS = 1_000;
const TRIAL_MS = 1_000;

/** Names in the admin's statements must not resolve to objects that a user made in `public`. */
const SETUP = `SET search_path TO pg_catalog, pg_temp; SET idle_session_timeout TO ${IDLE_MS}`;

interface Kept {
  readonly pool: pg.Pool;
  /** Of what opens its connections. */
  readonly accessDigest: string;
}

/** A connection to return: kept for the next call if it is `clean`, else closed. */
export interface Borrowed {
  readonly client: pg.ClientBase;
  release(isClean: boolean): void;
}

/**
 * Connections of admins, kept between the calls of a process. Connecting takes several round trips and a new
 * process of the server, longer than making a login.
 */
export class AdminConnections {
  readonly #pools = new Map<string, Kept>();
  readonly #lastUsedMs = new WeakMap<pg.ClientBase, number>();
  readonly #clock: Pick<Clock, 'nowMs'>;

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock;
  }

  /** A kept connection that answers, or a new one. */
  async borrow(admin: AdminAccess, database: string): Promise<Borrowed> {
    const pool = this.#poolOf(admin, database);
    for (;;) {
      const client = await pool.connect();
      if (await this.#isAlive(client)) return this.#borrowed(client);
      client.release(true);
    }
  }

  /** A connection of its own, which is closed afterwards: a call that waits for a second one would block others. */
  async open(admin: AdminAccess, database: string): Promise<Borrowed> {
    const client = new pg.Client(configOf(admin, database));
    client.on('error', () => undefined); // the current call fails with it
    const close = () => void client.end().catch(() => undefined); // not awaited: a server that is gone does not answer
    try {
      await client.connect();
      await client.query(SETUP);
    } catch (error) {
      close();
      throw error;
    }
    return { client, release: close };
  }

  async close(): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.all(pools.map(({ pool }) => pool.end()));
  }

  #borrowed(client: pg.PoolClient): Borrowed {
    const ignore = () => undefined; // the current call fails with it
    client.on('error', ignore);
    return {
      client,
      release: (isClean) => {
        client.removeListener('error', ignore);
        this.#lastUsedMs.set(client, this.#clock.nowMs());
        client.release(!isClean);
      },
    };
  }

  async #isAlive(client: pg.PoolClient): Promise<boolean> {
    const lastUsedMs = this.#lastUsedMs.get(client);
    if (lastUsedMs === undefined) return true; // it is new
    const unusedMs = Math.abs(this.#clock.nowMs() - lastUsedMs);
    if (unusedMs < TRUSTED_MS) return true;
    if (unusedMs >= IDLE_MS) return false;
    const ignore = () => undefined;
    client.on('error', ignore);
    const trial = { text: 'SELECT', query_timeout: TRIAL_MS };
    return client
      .query(trial)
      .then(
        () => true,
        () => false,
      )
      .finally(() => client.removeListener('error', ignore));
  }

  /** Connections of an earlier password are closed: the admin secret was rotated. */
  #poolOf(admin: AdminAccess, database: string): pg.Pool {
    const { host, port, username, password, sslmode, ca } = admin;
    const key = JSON.stringify([host, port, username, database]);
    const accessDigest = sha256Hex(JSON.stringify([password.reveal(), sslmode, ca ?? null]));
    const kept = this.#pools.get(key);
    this.#pools.delete(key); // and set again below: the map is in the order of use
    const isCurrent = kept?.accessDigest === accessDigest;
    if (kept !== undefined && !isCurrent) endLater(kept.pool);
    const pool = kept !== undefined && isCurrent ? kept.pool : newPool(admin, database);
    this.#pools.set(key, { pool, accessDigest });
    for (const [oldest, { pool: unused }] of this.#pools) {
      if (this.#pools.size <= MOST_POOLS) break;
      this.#pools.delete(oldest);
      endLater(unused);
    }
    return pool;
  }
}

/** Connections that are in use are closed when they are returned. */
const endLater = (pool: pg.Pool): void => void pool.end().catch(() => undefined);

function newPool(admin: AdminAccess, database: string): pg.Pool {
  const pool = new pg.Pool({
    ...configOf(admin, database),
    max: MOST_CONNECTIONS,
    idleTimeoutMillis: IDLE_MS,
    allowExitOnIdle: true,
    onConnect: (client) => client.query(SETUP),
  });
  pool.on('error', () => undefined); // the server closed an unused connection
  return pool;
}

const configOf = (admin: AdminAccess, database: string): pg.ClientConfig => ({
  host: admin.host,
  port: admin.port,
  user: admin.username,
  password: admin.password.reveal(),
  database,
  ssl: tlsOf(admin),
  application_name: 'taskbound',
  pipeline: true,
  keepAlive: true,
  connectionTimeoutMillis: CONNECT_MS,
  query_timeout: ANSWER_MS,
  statement_timeout: STATEMENT_MS,
  lock_timeout: LOCK_MS,
});
