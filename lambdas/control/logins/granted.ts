import pg from 'pg';
import * as z from 'zod';

const { escapeLiteral: literal } = pg;

/**
 * Rights on one object that a login was given or gave, as the object's access list has them. One row for each
 * giver and receiver.
 */
export const grant = z.object({
  /** The kind of object, as REVOKE names it. */
  on: z.string(),
  /** Escaped. */
  object: z.string(),
  /** Escaped; null for a right on the whole object. */
  column: z.string().nullable(),
  owner: z.string(),
  grantor: z.string(),
  /** Null for PUBLIC. */
  grantee: z.string().nullable(),
  privileges: z.array(z.string()),
  /** Whether the object's owner gave rights on it to the grantor. */
  isHeldByGrantor: z.boolean(),
});
export type Grant = z.infer<typeof grant>;

/** Each catalog with access lists: kind and name for REVOKE, column, owner, list, and the join to what depends on the role. */
const LISTS: readonly (readonly [
  on: string,
  name: string,
  column: string,
  owner: string,
  acl: string,
  from: string,
])[] = [
  ["'DATABASE'", 'quote_ident(datname)', 'NULL', 'datdba', 'datacl', joined('pg_database')],
  ["'TABLESPACE'", 'quote_ident(spcname)', 'NULL', 'spcowner', 'spcacl', joined('pg_tablespace')],
  ["'PARAMETER'", 'parname', 'NULL', '10::oid', 'paracl', joined('pg_parameter_acl')],
  ["'SCHEMA'", 'quote_ident(nspname)', 'NULL', 'nspowner', 'nspacl', joined('pg_namespace')],
  [
    "CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END",
    'oid::regclass::text',
    'NULL',
    'relowner',
    'relacl',
    joined('pg_class'),
  ],
  [
    "'TABLE'",
    'oid::regclass::text',
    'quote_ident(attname)',
    'relowner',
    'attacl',
    `${joined('pg_class')} JOIN pg_attribute ON attrelid = oid AND attacl IS NOT NULL`,
  ],
  ["'ROUTINE'", 'oid::regprocedure::text', 'NULL', 'proowner', 'proacl', joined('pg_proc')],
  [
    "'TYPE'",
    "(SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = typnamespace) || '.' || quote_ident(typname)",
    'NULL',
    'typowner',
    'typacl',
    joined('pg_type'),
  ],
  ["'LANGUAGE'", 'quote_ident(lanname)', 'NULL', 'lanowner', 'lanacl', joined('pg_language')],
  [
    "'LARGE OBJECT'",
    'oid::text',
    'NULL',
    'lomowner',
    'lomacl',
    joined('pg_largeobject_metadata', 'pg_largeobject'),
  ],
  [
    "'FOREIGN DATA WRAPPER'",
    'quote_ident(fdwname)',
    'NULL',
    'fdwowner',
    'fdwacl',
    joined('pg_foreign_data_wrapper'),
  ],
  ["'FOREIGN SERVER'", 'quote_ident(srvname)', 'NULL', 'srvowner', 'srvacl', joined('pg_foreign_server')],
];

function joined(catalog: string, classOfDependency = catalog): string {
  return `${catalog} JOIN depending ON classid = '${classOfDependency}'::regclass AND objid = oid`;
}

/** What a login was given, and what it gave, on objects of others: here, and on shared objects. */
export const grantsOf = (roleId: string): string => {
  const id = `${literal(roleId)}::oid`;
  const lists = LISTS.map(
    ([on, name, column, owner, acl, from]) =>
      `SELECT ${on}, ${name}, ${column}::text, ${owner}, ${acl} FROM ${from}`,
  ).join('\n  UNION ALL ');
  return `
  WITH depending AS (SELECT DISTINCT classid, objid FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = ${id} AND deptype = 'a'
      AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),
  lists (kind, object, "column", owner, acl) AS (${lists})
  SELECT kind AS on, object, "column", pg_get_userbyid(owner) AS owner, pg_get_userbyid(grantor) AS grantor,
         CASE grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(grantee) END AS grantee,
         array_agg(DISTINCT privilege_type::text) AS privileges,
         bool_or(EXISTS (SELECT FROM aclexplode(acl) AS held WHERE held.grantee = given.grantor AND held.grantor = owner)) AS "isHeldByGrantor"
    FROM lists, aclexplode(acl) AS given
    WHERE owner <> ${id} AND (grantor = ${id} OR grantee = ${id})
    GROUP BY kind, object, "column", owner, grantor, grantee ORDER BY 1, 2, 3`;
};

/** A membership that a login has, or that it gave to others. */
export const membership = z.object({ role: z.string(), member: z.string(), grantor: z.string() });
export type Membership = z.infer<typeof membership>;
export const membershipsOf = (roleId: string): string => `
  SELECT pg_get_userbyid(roleid) AS role, pg_get_userbyid(member) AS member, pg_get_userbyid(grantor) AS grantor
    FROM pg_auth_members WHERE ${literal(roleId)}::oid IN (member, grantor) ORDER BY grantor <> ${literal(roleId)}::oid`;

/** Rights on future objects of others that a login was given. */
export const defaultGrant = z.object({ role: z.string(), schema: z.string().nullable(), on: z.string() });
export type DefaultGrant = z.infer<typeof defaultGrant>;
export const defaultGrantsOf = (roleId: string): string => `
  SELECT DISTINCT pg_get_userbyid(defaclrole) AS role, nspname AS schema,
         CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END AS on
    FROM pg_default_acl LEFT JOIN pg_namespace ON pg_namespace.oid = defaclnamespace, aclexplode(defaclacl)
    WHERE grantee = ${literal(roleId)}::oid AND defaclrole <> ${literal(roleId)}::oid`;
