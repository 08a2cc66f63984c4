import pg from 'pg';
import type { LoginRight } from '../../../core/logins/login.ts';

const { escapeIdentifier: quoted, escapeLiteral: literal } = pg;

interface NewLogin {
  readonly name: string;
  readonly connections: number;
  readonly verifier: string;
  readonly validUntilMs: number;
}

/**
 * The statements take no parameters, so that several can be sent as one message. Everything is escaped,
 * although a declaration allows only plain names. NOINHERIT is the default for memberships that others grant
 * later; each membership granted here states its own options.
 */
export const createRole = ({ name, connections, verifier, validUntilMs }: NewLogin): string =>
  `CREATE ROLE ${quoted(name)} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT NOREPLICATION NOBYPASSRLS CONNECTION LIMIT ${connections} PASSWORD ${literal(verifier)} VALID UNTIL ${literal(new Date(validUntilMs).toISOString())}`;

export const replacePassword = ({ name, verifier, validUntilMs }: Omit<NewLogin, 'connections'>): string =>
  `ALTER ROLE ${quoted(name)} PASSWORD ${literal(verifier)} VALID UNTIL ${literal(new Date(validUntilMs).toISOString())}`;

export const commentOn = (name: string, comment: string): string =>
  `COMMENT ON ROLE ${quoted(name)} IS ${literal(comment)}`;

/**
 * An admin who is not a superuser must be a member of a role to end its sessions and give away what it owns.
 */
export const becomeMember = (name: string): string =>
  `GRANT ${quoted(name)} TO CURRENT_USER WITH INHERIT TRUE, SET TRUE`;

/** With ADMIN another admin can disable and drop the login, and make itself a member of it. */
export const letAdminister = (name: string, admin: string): string =>
  `GRANT ${quoted(name)} TO ${quoted(admin)} WITH ADMIN TRUE, INHERIT FALSE, SET FALSE`;

/** Inherits the rights only: a member that may SET ROLE could make objects that it does not own. */
export const grantMembership = (role: string, name: string): string =>
  `GRANT ${quoted(role)} TO ${quoted(name)} WITH ADMIN FALSE, INHERIT TRUE, SET FALSE`;

export const grantRight = (right: LoginRight, database: string, name: string): string =>
  `GRANT ${right.privileges.join(', ')} ON ${objectsOf(right, database)} TO ${quoted(name)}`;

function objectsOf(right: LoginRight, database: string): string {
  switch (right.on) {
    case 'database':
      return `DATABASE ${quoted(database)}`;
    case 'schema':
      return `SCHEMA ${quoted(right.schema)}`;
    case 'tables':
      return `TABLE ${right.tables.map((table) => `${quoted(right.schema)}.${quoted(table)}`).join(', ')}`;
    case 'allTables':
      return `ALL TABLES IN SCHEMA ${quoted(right.schema)}`;
  }
}

export const disableLogin = (name: string): string => `ALTER ROLE ${quoted(name)} NOLOGIN`;
export const waitForLocks = (milliseconds: number): string => `SET LOCAL lock_timeout TO ${milliseconds}`;
export const setRole = (role: string): string => `SET ROLE ${quoted(role)}`;
export const setRoleLocally = (role: string): string => `SET LOCAL ROLE ${quoted(role)}`;
export const reassignOwned = (name: string, owner: string): string =>
  `REASSIGN OWNED BY ${quoted(name)} TO ${quoted(owner)}`;
/** Drops what it owns, so everything else has to be given away before. Then only rights and settings are left. */
export const dropOwned = (name: string): string => `DROP OWNED BY ${quoted(name)}`;
export const dropRole = (name: string): string => `DROP ROLE ${quoted(name)}`;
export const rollBackPrepared = (gid: string): string => `ROLLBACK PREPARED ${literal(gid)}`;
export const pause = (seconds: number): string => `SELECT pg_sleep(${seconds})`;

/** The OID of a role, null if it does not exist. Unlike the view `pg_roles`, it needs no plan. */
export const idOf = (name: string): string => `to_regrole(${literal(quoted(name))})::oid`;
const hereOid = '(SELECT oid FROM pg_database WHERE datname = current_database())';

/** Sessions of a role by its name or, once it is dropped, by the OID that it had. The view `pg_stat_activity` would join names to each. */
const sessionsOf = (name: string, roleId: string | undefined): string =>
  `pg_stat_get_activity(NULL) WHERE usesysid IN (${idOf(name)}, ${roleId === undefined ? 'NULL' : `${literal(roleId)}::oid`})`;
export const endSessions = (name: string, roleId: string | undefined): string =>
  `SELECT pid, pg_terminate_backend(pid) AS signalled FROM ${sessionsOf(name, roleId)}`;
export const countSessions = (name: string, roleId: string | undefined): string =>
  `SELECT count(*)::int AS sessions FROM ${sessionsOf(name, roleId)}`;

/** The role of a login, if it exists. */
export const readRole = (name: string): string => `
  SELECT oid::text AS "roleId", rolcanlogin AS "canLogin", shobj_description(oid, 'pg_authid') AS comment
    FROM pg_roles WHERE rolname = ${literal(name)}`;

/**
 * What ending a login involves. `rights`: how many objects have it in their access lists, here or as shared
 * objects; `others`: how many it owns, or has anything to do with in other databases.
 */
export const readExtent = (name: string): string => `
  SELECT ${idOf(name)}::text AS "roleId",
         pg_has_role(${idOf(name)}, 'USAGE') AND pg_has_role(${idOf(name)}, 'SET') AS "isMember",
         EXISTS (SELECT FROM pg_prepared_xact() WHERE ownerid = ${idOf(name)}) AS "hasPrepared",
         (count(*) FILTER (WHERE deptype <> 'o' AND dbid IN (0, ${hereOid})))::int AS rights,
         (count(*) FILTER (WHERE deptype = 'o' OR dbid NOT IN (0, ${hereOid})))::int AS others
    FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = ${idOf(name)}`;

/** Whether the server has a login, whether it may log in, and its sessions. */
export const look = (name: string, roleId: string | undefined): string => `
  SELECT ${idOf(name)} IS NOT NULL AS exists, (SELECT rolcanlogin FROM pg_roles WHERE rolname = ${literal(name)}) AS "canLogin",
         (${countSessions(name, roleId)}) AS sessions`;

/** The databases in which a role owns something or has rights. */
export const dependingDatabases = (roleId: string): string => `
  SELECT DISTINCT datname AS database FROM pg_shdepend JOIN pg_database ON pg_database.oid = dbid
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = ${literal(roleId)}::oid ORDER BY 1`;

/**
 * A role that the admin may act as and that may disable and drop the login: of a user that took the place of
 * the one that made the login, and is a member of it.
 */
export const actorFor = (name: string): string => `
  SELECT rolname AS actor FROM pg_roles WHERE (rolcreaterole OR rolsuper) AND rolname <> current_user
    AND pg_has_role(session_user, oid, 'SET')
    AND (rolsuper OR pg_has_role(oid, ${idOf(name)}, 'MEMBER WITH ADMIN OPTION')) ORDER BY rolsuper, 1 LIMIT 1`;

/** The roles that may administer a login: the one that made it, by the server itself, and then others that it let. */
export const administratorsOf = (name: string): string => `
  SELECT pg_get_userbyid(member) AS administrator FROM pg_auth_members
    WHERE roleid = ${idOf(name)} AND admin_option ORDER BY grantor, 1`;

const PREPARED_NAME = "format('prepared transaction %s in database %s', transaction, database)";
const preparedIs = (roleId: string): string => `owner = pg_get_userbyid(${literal(roleId)}::oid)`;

/** Transactions that a role prepared, in any database. */
export const prepared = (roleId: string): string => `
  SELECT gid, database, ${PREPARED_NAME} AS what FROM pg_prepared_xacts WHERE ${preparedIs(roleId)}`;

/**
 * What a role made that runs with its owner's rights: no other role may get it without a review. A
 * SECURITY DEFINER function always; where the login was not a member of the owner, also everything that could
 * do more once the owner has it.
 */
export function leftBehind(roleId: string, isMemberOfOwner: boolean): string {
  const id = `${literal(roleId)}::oid`;
  return `
  SELECT CASE WHEN prosecdef THEN 'SECURITY DEFINER ' ELSE '' END
         || CASE prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END || oid::regprocedure::text AS what
    FROM pg_proc WHERE proowner = ${id} AND (prosecdef OR NOT ${isMemberOfOwner})
  UNION ALL
  SELECT CASE relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE 'rules of the table ' END || oid::regclass::text
    FROM pg_class
    WHERE relowner = ${id} AND NOT ${isMemberOfOwner} AND (relkind IN ('v', 'm') OR (relkind IN ('r', 'p') AND relhasrules))
  UNION ALL
  SELECT ${PREPARED_NAME} FROM pg_prepared_xacts WHERE ${preparedIs(roleId)}
  ORDER BY 1`;
}

const ownedBy = (roleId: string): string => `
  FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = ${literal(roleId)}::oid AND deptype = 'o'
    AND dbid IN (0, ${hereOid}) AND classid NOT IN ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass)`;

/** How many objects a role owns here. Its default privileges and user mappings are dropped, not given away. */
export const countOwned = (roleId: string): string => `SELECT count(*)::int AS owned ${ownedBy(roleId)}`;

/** What a role owns here; tables first, because others (sequences, indexes) follow them. */
export const owned = (roleId: string, most: number): string => `
  SELECT type, coalesce(identity, '') AS identity, schema,
         CASE WHEN schema IS NULL THEN NULL ELSE (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE quote_ident(nspname) = schema) END AS "schemaOwner",
         coalesce((SELECT has_schema_privilege(oid, 'USAGE') FROM pg_namespace WHERE quote_ident(nspname) = schema), true) AS "isVisible"
    FROM (SELECT classid, objid ${ownedBy(roleId)} ORDER BY classid <> 'pg_class'::regclass, objid LIMIT ${most}) AS objects,
         pg_identify_object(classid, objid, 0)
    ORDER BY type <> 'table', identity`;

/** What keeps a role from being dropped, here and as shared objects. */
export const remaining = (roleId: string): string => `
  SELECT pg_describe_object(classid, objid, objsubid) AS what FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = ${literal(roleId)}::oid AND dbid IN (0, ${hereOid}) LIMIT 10`;
