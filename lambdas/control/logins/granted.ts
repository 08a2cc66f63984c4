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
  /** The object's schema, escaped, and its owner. */
  schema: z.string().nullable(),
  schemaOwner: z.string().nullable(),
  /** Which of grantor and owner may not even name an object of that schema. */
  strangers: z.array(z.string()),
});
export type Grant = z.infer<typeof grant>;

/** A catalog with access lists: how REVOKE names the kind and the object, and expressions for the rest. */
interface Catalog {
  readonly kind: string;
  readonly object: string;
  readonly owner: string;
  readonly acl: string;
  readonly from: string;
  readonly column?: string;
  readonly namespace?: string;
}

const RELATION = { object: 'oid::regclass::text', owner: 'relowner', namespace: 'relnamespace' };
const TYPE_NAME =
  "(SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = typnamespace) || '.' || quote_ident(typname)";

const CATALOGS: readonly Catalog[] = [
  inCatalog('pg_database', { kind: 'DATABASE', prefix: 'dat', owner: 'datdba' }),
  inCatalog('pg_tablespace', { kind: 'TABLESPACE', prefix: 'spc' }),
  inCatalog('pg_namespace', { kind: 'SCHEMA', prefix: 'nsp' }),
  inCatalog('pg_language', { kind: 'LANGUAGE', prefix: 'lan' }),
  inCatalog('pg_foreign_data_wrapper', { kind: 'FOREIGN DATA WRAPPER', prefix: 'fdw' }),
  inCatalog('pg_foreign_server', { kind: 'FOREIGN SERVER', prefix: 'srv' }),
  // Parameters belong to the superuser that the server began with.
  {
    kind: "'PARAMETER'",
    object: 'parname',
    owner: '10::oid',
    acl: 'paracl',
    from: depending('pg_parameter_acl'),
  },
  {
    ...RELATION,
    kind: "CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END",
    acl: 'relacl',
    from: depending('pg_class'),
  },
  {
    ...RELATION,
    kind: "'TABLE'",
    column: 'quote_ident(attname)',
    acl: 'attacl',
    from: `${depending('pg_class')} JOIN pg_attribute ON attrelid = oid AND attacl IS NOT NULL`,
  },
  {
    kind: "'ROUTINE'",
    object: 'oid::regprocedure::text',
    owner: 'proowner',
    acl: 'proacl',
    namespace: 'pronamespace',
    from: depending('pg_proc'),
  },
  {
    kind: "'TYPE'",
    object: TYPE_NAME,
    owner: 'typowner',
    acl: 'typacl',
    namespace: 'typnamespace',
    from: depending('pg_type'),
  },
  {
    kind: "'LARGE OBJECT'",
    object: 'oid::text',
    owner: 'lomowner',
    acl: 'lomacl',
    from: depending('pg_largeobject_metadata', 'pg_largeobject'),
  },
];

function inCatalog(
  catalog: string,
  { kind, prefix, owner }: { readonly kind: string; readonly prefix: string; readonly owner?: string },
): Catalog {
  return {
    kind: literal(kind),
    object: `quote_ident(${prefix}name)`,
    owner: owner ?? `${prefix}owner`,
    acl: `${prefix}acl`,
    from: depending(catalog),
  };
}

/** The rows of a catalog whose access lists name the role. */
function depending(catalog: string, classOfDependency = catalog): string {
  return `${catalog} JOIN depending ON classid = '${classOfDependency}'::regclass AND objid = oid`;
}

/** What a login was given, and what it gave, on objects of others: here, and on shared objects. */
export const grantsOf = (roleId: string): string => {
  const id = `${literal(roleId)}::oid`;
  const lists = CATALOGS.map(
    ({ kind, object, column = 'NULL', owner, acl, namespace = 'NULL', from }) =>
      `SELECT ${kind}, ${object}, ${column}::text, ${owner}, ${acl}, ${namespace}::oid FROM ${from}`,
  ).join('\n  UNION ALL ');
  return `
  WITH depending AS (SELECT DISTINCT classid, objid FROM pg_shdepend
    WHERE refclassid = 'pg_authid'::regclass AND refobjid = ${id} AND deptype = 'a'
      AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),
  lists (kind, object, "column", owner, acl, namespace) AS (${lists})
  SELECT kind AS on, object, "column", pg_get_userbyid(owner) AS owner, pg_get_userbyid(grantor) AS grantor,
         CASE grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(grantee) END AS grantee,
         array_agg(DISTINCT privilege_type::text) AS privileges,
         bool_or(EXISTS (SELECT FROM aclexplode(acl) AS held WHERE held.grantee = given.grantor AND held.grantor = owner)) AS "isHeldByGrantor",
         (SELECT quote_ident(nspname) FROM pg_namespace WHERE oid = namespace) AS schema,
         (SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE oid = namespace) AS "schemaOwner",
         ARRAY(SELECT DISTINCT pg_get_userbyid(role)::text FROM unnest(ARRAY[grantor, owner]) AS role
               WHERE NOT has_schema_privilege(role, namespace, 'USAGE')) AS strangers
    FROM lists, aclexplode(acl) AS given
    WHERE owner <> ${id} AND (grantor = ${id} OR grantee = ${id})
    GROUP BY kind, object, "column", owner, grantor, grantee, namespace ORDER BY 1, 2, 3`;
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
