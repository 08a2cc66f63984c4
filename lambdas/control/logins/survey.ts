import pg from 'pg';
import * as z from 'zod';
import { LoginNotEndable } from '../../../core/shared/errors.ts';
import type { PostgresSpec } from '../../../core/logins/login.ts';
import type { LoginRef } from './login-server.ts';
import { loginRoleIn, type LoginRole } from './login-role.ts';
import { ask, type Session } from './session.ts';
import * as sql from './statements.ts';

const { escapeLiteral: literal } = pg;

/** What has to be known before a login is made. */
interface Survey {
  /** The role, if it exists already. */
  readonly role: LoginRole | undefined;
  /** Other roles that could be the admin: any of them can end the login. */
  readonly otherAdmins: readonly string[];
}

/** What the admin may do for the login's end. */
const abilities = z.object({ mayGiveAway: z.boolean(), maySignal: z.boolean() });

/** A role that may make logins. */
const maker = z.object({
  name: z.string(),
  isAdmin: z.boolean(),
  isSuperuser: z.boolean(),
  /** Whether the admin's user may act as it. */
  isAvailable: z.boolean(),
  /** Whether it has ADMIN on every role that the declaration names. */
  administersAll: z.boolean(),
  /** Whether one of those roles is a member of it: it cannot become a member of the login, which is a member of them. */
  isAbove: z.boolean(),
});

/**
 * Throws `LoginNotEndable` when the login could not be ended as its declaration wants. If the admin itself may
 * not make logins but is a member of a role that may, as with alternating users, the session acts as that role.
 *
 * A role with CREATEROLE that has ADMIN on `owner` and all of `memberOf` has all that the admin needs, and may
 * take its place at any time.
 */
export async function survey(session: Session, { name, spec }: LoginRef, admin: string): Promise<Survey> {
  const [able, makers, closed, role] = await session.together(
    abilitiesFor(spec),
    makersOf(spec),
    closedSchemas(spec),
    sql.readRole(name),
  );
  const found = z.array(maker).parse(makers);
  const substitute = found.find((each) => each.isAvailable && (each.isSuperuser || each.administersAll));
  if (!found.some(({ isAdmin }) => isAdmin) && substitute !== undefined) {
    await ask(session, sql.setRole(substitute.name));
    return survey(session, { name, spec }, substitute.name);
  }
  assertEndable(
    abilities.parse(able?.[0]),
    (closed ?? []).map(({ schema }) => String(schema)),
    spec,
    admin,
  );
  const others = found.filter(
    (each) => !each.isAdmin && !each.isSuperuser && each.administersAll && !each.isAbove,
  );
  return { role: loginRoleIn(role), otherAdmins: others.map((each) => each.name) };
}

function assertEndable(
  { mayGiveAway, maySignal }: z.infer<typeof abilities>,
  closed: readonly string[],
  { owner }: PostgresSpec,
  admin: string,
): void {
  const refuse = (why: string, grant: string) => {
    throw new LoginNotEndable(
      `No login was made, because its end could not be completed: ${why}. Run ${grant}, and submit the task again.`,
    );
  };
  if (!mayGiveAway)
    refuse(
      `${admin} cannot make ${owner} the owner of what the login leaves`,
      `GRANT "${owner}" TO "${admin}" WITH INHERIT TRUE, SET TRUE`,
    );
  if (!maySignal)
    refuse(`${admin} cannot end sessions of a dropped login`, `GRANT pg_signal_backend TO "${admin}"`);
  const [schema] = closed;
  if (schema !== undefined)
    refuse(
      `the login may make objects in ${closed.join(', ')}, where ${owner}, who is to receive them, may not have any, and ${admin} cannot change that`,
      `GRANT CREATE ON SCHEMA "${schema}" TO "${owner}"`,
    );
}

/** A role that does not exist is not refused here: granting it names it. */
const abilitiesFor = ({ owner }: PostgresSpec): string => `
  SELECT coalesce(pg_has_role(${sql.idOf(owner)}, 'USAGE') AND pg_has_role(${sql.idOf(owner)}, 'SET'), true) AS "mayGiveAway",
         pg_has_role('pg_signal_backend', 'USAGE') AS "maySignal"`;

function makersOf({ owner, memberOf }: PostgresSpec): string {
  const roles = [...new Set([owner, ...memberOf])].map(sql.idOf);
  const all = roles.map((role) => `coalesce(pg_has_role(oid, ${role}, 'MEMBER WITH ADMIN OPTION'), true)`);
  const any = roles.map((role) => `coalesce(pg_has_role(${role}, oid, 'MEMBER'), false)`);
  return `
  SELECT rolname AS name, rolname = current_user AS "isAdmin", rolsuper AS "isSuperuser",
         pg_has_role(session_user, oid, 'SET') AS "isAvailable", ${all.join(' AND ')} AS "administersAll", ${any.join(' OR ')} AS "isAbove"
    FROM pg_roles WHERE rolcreaterole OR rolsuper ORDER BY rolsuper, rolname`;
}

const namesOf = (names: readonly string[]): string => `ARRAY[${names.map(literal).join(', ')}]::name[]`;

/** Schemas in which the login may make functions or types that `owner` may not own, and the admin cannot let it. */
function closedSchemas({ owner, memberOf, rights }: PostgresSpec): string {
  const named = rights.flatMap((right) =>
    right.on === 'schema' && right.privileges.includes('CREATE') ? [right.schema] : [],
  );
  const others = memberOf.filter((role) => role !== owner);
  if (named.length + others.length === 0) return 'SELECT WHERE false';
  return `SELECT nspname AS schema FROM pg_namespace AS place, pg_roles AS receiver
           WHERE receiver.rolname = ${literal(owner)} AND nspname !~ '^pg_'
             AND (nspname = ANY (${namesOf(named)}) OR EXISTS (SELECT FROM pg_roles AS role
               WHERE role.rolname = ANY (${namesOf(others)}) AND has_schema_privilege(role.oid, place.oid, 'CREATE')))
             AND NOT has_schema_privilege(receiver.oid, place.oid, 'CREATE')
             AND NOT has_schema_privilege(place.oid, 'CREATE WITH GRANT OPTION') AND NOT pg_has_role(nspowner, 'SET') ORDER BY 1`;
}
