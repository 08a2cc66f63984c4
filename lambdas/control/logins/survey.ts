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

const surveyRow = z.object({
  /** Null if the admin may not make logins, as itself or as another role. */
  maker: z.string().nullable(),
  mayGiveAway: z.boolean(),
  maySignal: z.boolean(),
  otherAdmins: z.array(z.string()),
  closedSchemas: z.array(z.string()),
});
type SurveyRow = z.infer<typeof surveyRow>;

/**
 * Throws `LoginNotEndable` when the login could not be ended as its declaration wants. If the admin itself may
 * not make logins but is a member of a role that may, as with alternating users, the session acts as that role.
 */
export async function survey(session: Session, { name, spec }: LoginRef, admin: string): Promise<Survey> {
  const [found = [], role] = await session.together(surveyOf(spec), sql.readRole(name));
  const row = surveyRow.parse(found[0]);
  const { maker, otherAdmins } = row;
  if (maker !== null && maker !== admin) {
    await ask(session, sql.setRole(maker));
    return survey(session, { name, spec }, maker);
  }
  assertEndable(row, spec, admin);
  return { role: loginRoleIn(role), otherAdmins };
}

function assertEndable(row: SurveyRow, { owner }: PostgresSpec, admin: string): void {
  const refuse = (why: string, grant: string) => {
    throw new LoginNotEndable(
      `No login was made, because its end could not be completed: ${why}. Run ${grant}, and submit the task again.`,
    );
  };
  if (!row.mayGiveAway)
    refuse(
      `${admin} cannot make ${owner} the owner of what the login leaves`,
      `GRANT "${owner}" TO "${admin}" WITH INHERIT TRUE, SET TRUE`,
    );
  if (!row.maySignal)
    refuse(`${admin} cannot end sessions of a dropped login`, `GRANT pg_signal_backend TO "${admin}"`);
  const [schema] = row.closedSchemas;
  if (schema !== undefined)
    refuse(
      `the login may make objects in ${row.closedSchemas.join(', ')}, where ${owner}, who is to receive them, may not have any, and ${admin} cannot change that`,
      `GRANT CREATE ON SCHEMA "${schema}" TO "${owner}"`,
    );
}

const namesOf = (names: readonly string[]): string => `ARRAY[${names.map(literal).join(', ')}]::name[]`;

/**
 * A role that does not exist is not refused here: granting it names it. A role with CREATEROLE that has ADMIN
 * on `owner` and all of `memberOf` has all that the admin needs, and may take its place at any time. A role of
 * which one of them is a member cannot become a member of the login, which is a member of them.
 */
function surveyOf(spec: PostgresSpec): string {
  const { owner, memberOf } = spec;
  const roles = namesOf([owner, ...memberOf]);
  const administersAll = (role: string) =>
    `NOT EXISTS (SELECT FROM pg_roles AS needed WHERE needed.rolname = ANY (${roles}) AND NOT pg_has_role(${role}.oid, needed.oid, 'MEMBER WITH ADMIN OPTION'))`;
  const ownerIs = `rolname = ${literal(owner)}`;
  return `
  SELECT (SELECT rolname::text FROM pg_roles AS able WHERE (rolcreaterole OR rolsuper)
            AND (rolname = current_user OR pg_has_role(session_user, oid, 'SET') AND (rolsuper OR ${administersAll('able')}))
            ORDER BY rolname <> current_user, rolsuper, 1 LIMIT 1) AS maker,
         NOT EXISTS (SELECT FROM pg_roles WHERE ${ownerIs} AND NOT (pg_has_role(oid, 'USAGE') AND pg_has_role(oid, 'SET'))) AS "mayGiveAway",
         pg_has_role('pg_signal_backend', 'USAGE') AS "maySignal",
         ARRAY(SELECT rolname::text FROM pg_roles AS other WHERE rolcreaterole AND NOT rolsuper AND rolname <> current_user
           AND ${administersAll('other')}
           AND NOT EXISTS (SELECT FROM pg_roles AS needed WHERE needed.rolname = ANY (${roles}) AND pg_has_role(needed.oid, other.oid, 'MEMBER'))) AS "otherAdmins",
         ${closedSchemas(spec)} AS "closedSchemas"`;
}

/** Schemas in which the login may make functions or types that `owner` may not own, and the admin cannot let it. */
function closedSchemas({ owner, memberOf, rights }: PostgresSpec): string {
  const named = rights.flatMap((right) =>
    right.on === 'schema' && right.privileges.includes('CREATE') ? [right.schema] : [],
  );
  const others = memberOf.filter((role) => role !== owner);
  if (named.length + others.length === 0) return 'ARRAY[]::text[]';
  return `ARRAY(SELECT nspname::text FROM pg_namespace AS schema, pg_roles AS receiver
           WHERE receiver.rolname = ${literal(owner)} AND nspname !~ '^pg_'
             AND (nspname = ANY (${namesOf(named)}) OR EXISTS (SELECT FROM pg_roles AS role
               WHERE role.rolname = ANY (${namesOf(others)}) AND has_schema_privilege(role.oid, schema.oid, 'CREATE')))
             AND NOT has_schema_privilege(receiver.oid, schema.oid, 'CREATE')
             AND NOT has_schema_privilege(schema.oid, 'CREATE WITH GRANT OPTION') AND NOT pg_has_role(nspowner, 'SET') ORDER BY 1)`;
}
