import type { Query, Server } from './connection.ts';
import * as sql from './statements.ts';

interface Prepared {
  readonly gid: string;
  readonly database: string;
  /** For people. Without its gid, which is any text that the worker chose. */
  readonly what: string;
}

/**
 * Transactions that a login prepared (`max_prepared_transactions` is 0 unless somebody changed it). They
 * outlive its sessions.
 */
export async function preparedBy(query: Query, roleId: string | null): Promise<Prepared[]> {
  const rows = await query(sql.PREPARED, [roleId]);
  return rows.map(({ gid, database, what }) => ({
    gid: String(gid),
    database: String(database),
    what: String(what),
  }));
}

/**
 * Rolls them back, each in its database and as the login: otherwise only a superuser may. One that cannot be
 * rolled back stays; callers that need it gone check again.
 */
export async function rollBackPrepared(server: Server, name: string, roleId: string | null): Promise<void> {
  for (const { gid, database } of await preparedBy(server.query, roleId))
    await server
      .connect(database, async (query) => {
        await query(sql.actAs(name));
        await query(sql.rollBackPrepared(gid));
      })
      .catch(() => undefined);
}
