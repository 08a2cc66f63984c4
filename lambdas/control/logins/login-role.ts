import type { Query } from './connection.ts';
import * as sql from './statements.ts';

/** A login's role as the server has it. */
export interface LoginRole {
  readonly roleId: string;
  readonly canLogin: boolean;
  readonly comment: string | null;
}

export async function readLoginRole(query: Query, name: string): Promise<LoginRole | undefined> {
  const [row] = await query(sql.LOOK, [name]);
  return row as LoginRole | undefined;
}
