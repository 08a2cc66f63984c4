import * as z from 'zod';
import { ask, type Row, type Session } from './session.ts';
import * as sql from './statements.ts';

/** A login's role as the server has it. */
const loginRole = z.object({ roleId: z.string(), canLogin: z.boolean(), comment: z.string().nullable() });
export type LoginRole = z.infer<typeof loginRole>;

export const loginRoleIn = ([row]: readonly Row[] = []): LoginRole | undefined =>
  row === undefined ? undefined : loginRole.parse(row);

/** What ending a login involves. */
const loginExtent = z.object({
  roleId: z.string(),
  /** Whether the admin has its rights and may act as it. */
  isMember: z.boolean(),
  hasPrepared: z.boolean(),
  /** How many objects of this database, and shared ones, have it in their access lists. */
  rights: z.number(),
  /** How many objects it owns, or has anything to do with in other databases. */
  others: z.number(),
});
export type LoginExtent = z.infer<typeof loginExtent>;

/** Undefined if the server does not have the login. */
export const loginExtentIn = ([row]: readonly Row[] = []): LoginExtent | undefined =>
  row === undefined || row['roleId'] === null ? undefined : loginExtent.parse(row);

export const readLoginExtent = async (session: Session, name: string): Promise<LoginExtent | undefined> =>
  loginExtentIn(await ask(session, sql.readExtent(name)));
