import * as z from 'zod';
import { ask, type Row, type Session } from './session.ts';
import * as sql from './statements.ts';

/** A login's role as the server has it. */
const loginRole = z.object({
  roleId: z.string(),
  canLogin: z.boolean(),
  comment: z.string().nullable(),
  /** Whether the admin has its rights and may act as it. */
  isMember: z.boolean(),
  hasPrepared: z.boolean(),
  /** How many objects of this database, and shared ones, have it in their access lists. */
  rights: z.number(),
  /** How many objects it owns, or has anything to do with in other databases. */
  others: z.number(),
});
export type LoginRole = z.infer<typeof loginRole>;

export async function readLoginRole(session: Session, name: string): Promise<LoginRole | undefined> {
  return loginRoleIn(await ask(session, sql.readRole(name)));
}

export const loginRoleIn = ([row]: readonly Row[] = []): LoginRole | undefined =>
  row === undefined ? undefined : loginRole.parse(row);
