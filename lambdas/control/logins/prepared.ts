import type { Server } from './connection.ts';
import { ask, type Session } from './session.ts';
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
export async function preparedBy(session: Session, roleId: string): Promise<Prepared[]> {
  const rows = await ask(session, sql.prepared(roleId));
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
export async function rollBackPrepared(server: Server, name: string, roleId: string): Promise<void> {
  for (const { gid, database } of await preparedBy(server.session, roleId))
    await server
      .connect(database, async (session) => {
        await ask(session, sql.setRole(name));
        await ask(session, sql.rollBackPrepared(gid));
      })
      .catch(() => undefined);
}
