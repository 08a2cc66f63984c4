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
 * Statements that take no parameters. Everything is escaped, although a declaration allows only plain names.
 * NOINHERIT is the default for memberships that others grant later; each membership granted here states its
 * own options.
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

/**
 * Rights are stored with their object, in one row of the catalog for all grantees, and PostgreSQL refuses to
 * change a row that another transaction is changing. Granting or revoking a membership locks its role until
 * the transaction ends, and needs ADMIN on the role: so the logins of one `owner` take turns, and no other
 * user can block them. (Every user of the database could take an advisory lock.) The statement itself changes
 * nothing that matters: a new login has no membership yet, an old one is to lose it.
 */
export const takeTurn = (owner: string, name: string): string =>
  `REVOKE ${quoted(owner)} FROM ${quoted(name)}`;

/** In this order: after the reassignment only rights are left, and a role without either can be dropped. */
export const giveAway = (name: string, owner: string): readonly string[] => [
  `REASSIGN OWNED BY ${quoted(name)} TO ${quoted(owner)}`,
  `DROP OWNED BY ${quoted(name)}`,
];
export const dropRole = (name: string): string => `DROP ROLE ${quoted(name)}`;

/** The databases in which the role $1 owns something or has rights. */
export const DEPENDING_DATABASES = `
  SELECT DISTINCT datname AS database FROM pg_shdepend JOIN pg_database ON pg_database.oid = dbid
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = $1::oid ORDER BY 1`;

/**
 * One REVOKE for each right that the role $1 was given, as the catalog has them: objects of the declaration
 * may be gone by now.
 */
export const REVOKES = `
  SELECT format('REVOKE %I FROM %I', pg_get_userbyid(roleid), pg_get_userbyid(member)) AS revoke
    FROM pg_auth_members WHERE member = $1::oid
  UNION ALL
  SELECT DISTINCT format('REVOKE ALL ON DATABASE %I FROM %I', datname, pg_get_userbyid($1::oid))
    FROM pg_database, aclexplode(datacl) WHERE datname = current_database() AND grantee = $1::oid
  UNION ALL
  SELECT DISTINCT format('REVOKE ALL ON SCHEMA %I FROM %I', nspname, pg_get_userbyid($1::oid))
    FROM pg_namespace, aclexplode(nspacl) WHERE nspowner <> $1::oid AND grantee = $1::oid
  UNION ALL
  SELECT DISTINCT format('REVOKE ALL ON %s %I.%I FROM %I',
                         CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, nspname, relname, pg_get_userbyid($1::oid))
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace, aclexplode(relacl)
    WHERE relowner <> $1::oid AND grantee = $1::oid`;

const PREPARED_NAME = "format('prepared transaction %s in database %s', transaction, database)";

/** Transactions that the role $1 prepared, in any database. */
export const PREPARED = `
  SELECT gid, database, ${PREPARED_NAME} AS what FROM pg_prepared_xacts WHERE owner = pg_get_userbyid($1::oid)`;

/** Only the role that prepared a transaction may roll it back: a member that may SET ROLE can act as it. */
export const actAs = (name: string): string => `SET ROLE ${quoted(name)}`;
export const rollBackPrepared = (gid: string): string => `ROLLBACK PREPARED ${literal(gid)}`;

/**
 * What the role $1 made that runs with its owner's rights: no other role may get it without a review. A
 * SECURITY DEFINER function always; where the login was not a member of the owner ($2 false), also everything
 * that could do more once the owner has it.
 */
export const LEFT_BEHIND = `
  SELECT CASE WHEN prosecdef THEN 'SECURITY DEFINER ' ELSE '' END
         || CASE prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END || oid::regprocedure::text AS what
    FROM pg_proc WHERE proowner = $1::oid AND (prosecdef OR NOT $2::boolean)
  UNION ALL
  SELECT CASE relkind WHEN 'v' THEN 'view ' WHEN 'm' THEN 'materialized view ' ELSE 'rules of the table ' END || oid::regclass::text
    FROM pg_class
    WHERE relowner = $1::oid AND NOT $2::boolean AND (relkind IN ('v', 'm') OR (relkind IN ('r', 'p') AND relhasrules))
  UNION ALL
  SELECT ${PREPARED_NAME} FROM pg_prepared_xacts WHERE owner = pg_get_userbyid($1::oid)
  ORDER BY 1`;

/** Sessions of a role by its OID ($1) or, once it is dropped, by the OID that it had ($2). */
const SESSIONS_OF = 'usesysid IN ($1::oid, $2::oid)';
export const END_SESSIONS = `SELECT pid, pg_terminate_backend(pid) AS signalled FROM pg_stat_activity WHERE ${SESSIONS_OF}`;
export const COUNT_SESSIONS = `SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE ${SESSIONS_OF}`;

export const LOOK = `
  SELECT oid::text AS "roleId", rolcanlogin AS "canLogin", shobj_description(oid, 'pg_authid') AS comment
    FROM pg_roles WHERE rolname = $1`;
