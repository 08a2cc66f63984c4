import fc from 'fast-check';

/** A statement of the login ($ME) in one of its databases, of another user, or of an administrator. $N is a new name. */
export interface Deed {
  readonly by: 'login' | 'elsewhere' | 'postgres' | 'meddler' | 'superuser';
  readonly sql: string;
}

/**
 * The database before each run: `shop` of the owner, `app` of the admin, `vault` of nobody whom the admin can act as, `meddle` of another
 * user.
 */
export const WORLD = `
  DROP OWNED BY app, reader, meddler, shop_owner CASCADE;
  DROP SCHEMA IF EXISTS app CASCADE; DROP SCHEMA IF EXISTS vault CASCADE;
  GRANT CREATE ON DATABASE demo TO shop_owner;
  CREATE SCHEMA shop AUTHORIZATION shop_owner;
  CREATE SCHEMA app AUTHORIZATION taskbound_admin;
  CREATE SCHEMA vault;
  GRANT USAGE, CREATE ON SCHEMA vault TO reader;
  CREATE SCHEMA meddle AUTHORIZATION meddler;
  GRANT USAGE ON SCHEMA meddle TO PUBLIC;
  CREATE TABLE shop.orders (id int PRIMARY KEY, customer int);
  CREATE TABLE shop.customers (id int PRIMARY KEY, name text);
  CREATE SEQUENCE shop.numbers;
  CREATE FUNCTION shop.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
  CREATE TYPE shop.mood AS ENUM ('fine');
  ALTER TABLE shop.orders OWNER TO shop_owner; ALTER TABLE shop.customers OWNER TO shop_owner;
  ALTER SEQUENCE shop.numbers OWNER TO shop_owner; ALTER FUNCTION shop.f() OWNER TO shop_owner; ALTER TYPE shop.mood OWNER TO shop_owner;
  CREATE TABLE meddle.own (id int, other int); ALTER TABLE meddle.own OWNER TO meddler;
`;

const WHOM = ['$ME', 'app', 'PUBLIC'];
const WITH = ['', ' WITH GRANT OPTION'];
const SCHEMAS = ['shop', 'app', 'vault', 'own'];

const each = <T>(all: readonly T[], make: (one: T) => string | string[]): string[] => all.flatMap(make);
const by = (who: Deed['by'], statements: readonly string[]): Deed[] =>
  statements.map((sql) => ({ by: who, sql }));

const GIVEN = [
  'SELECT ON shop.orders',
  'UPDATE ON shop.customers',
  'ALL ON shop.orders',
  'SELECT (id) ON shop.orders',
  'UPDATE (id, customer), SELECT (customer) ON shop.orders',
  'ALL (name) ON shop.customers',
  'USAGE ON SEQUENCE shop.numbers',
  'EXECUTE ON FUNCTION shop.f()',
  'USAGE ON TYPE shop.mood',
  'USAGE ON SCHEMA shop',
  'CREATE ON SCHEMA shop',
  'CREATE ON SCHEMA app',
  'MAINTAIN ON ALL TABLES IN SCHEMA shop',
  'SELECT ON ALL TABLES IN SCHEMA shop',
  'CONNECT ON DATABASE demo',
  'CREATE ON DATABASE demo',
];

/** For itself and others, with the rights of the owner or with its own. */
const GRANTS = each(GIVEN, (what) =>
  each(WHOM, (whom) => each(WITH, (option) => `GRANT ${what} TO ${whom}${whom === 'PUBLIC' ? '' : option}`)),
);

/** In an order that leaves rights without the right to give them. */
const REVOKES = [
  'REVOKE ALL ON shop.orders FROM $ME CASCADE',
  'REVOKE GRANT OPTION FOR SELECT ON shop.orders FROM $ME CASCADE',
  'REVOKE ALL ON SCHEMA shop FROM shop_owner',
  'REVOKE CREATE ON SCHEMA shop FROM shop_owner CASCADE',
  'REVOKE ALL ON shop.customers FROM shop_owner CASCADE',
  'REVOKE ALL ON DATABASE demo FROM shop_owner',
];

const OBJECTS = each(SCHEMAS, (schema) => [
  `CREATE TABLE ${schema}.$N (id serial PRIMARY KEY, name text)`,
  `CREATE TABLE ${schema}.$N (id int, name text) PARTITION BY LIST (id)`,
  `CREATE SEQUENCE ${schema}.$N`,
  `CREATE TYPE ${schema}.$N AS ENUM ('a')`,
  `CREATE TYPE ${schema}.$N AS (a int)`,
  `CREATE TYPE ${schema}.$N AS RANGE (subtype = float8)`,
  `CREATE DOMAIN ${schema}.$N AS text CHECK (value <> '')`,
  `CREATE COLLATION ${schema}.$N (provider = libc, locale = 'C')`,
  `CREATE TEXT SEARCH CONFIGURATION ${schema}.$N (COPY = pg_catalog.simple)`,
  `CREATE TEXT SEARCH DICTIONARY ${schema}.$N (TEMPLATE = simple)`,
  `CREATE OPERATOR FAMILY ${schema}.$N USING btree`,
  `CREATE EXTENSION IF NOT EXISTS pgcrypto SCHEMA ${schema}`,
  `CREATE EXTENSION IF NOT EXISTS hstore SCHEMA ${schema}`,
]);

/** Only of a member of the owner: otherwise they need a review. */
const CODE = each(SCHEMAS, (schema) => [
  `CREATE FUNCTION ${schema}.$N() RETURNS int LANGUAGE sql AS 'SELECT 1'`,
  `CREATE FUNCTION ${schema}.$N(int, int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE OPERATOR ${schema}.+++ (FUNCTION = ${schema}.$N, LEFTARG = int, RIGHTARG = int)`,
  `CREATE PROCEDURE ${schema}.$N() LANGUAGE sql AS 'SELECT 1'`,
  `CREATE AGGREGATE ${schema}.$N (int) (SFUNC = int4pl, STYPE = int)`,
  `CREATE VIEW ${schema}.$N AS SELECT 1 AS one`,
  `CREATE MATERIALIZED VIEW ${schema}.$N AS SELECT 1 AS one`,
  `CREATE FUNCTION ${schema}.$N() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION ${schema}.$N() TO app WITH GRANT OPTION`,
]);

const ITSELF = [
  'CREATE SCHEMA own',
  'CREATE SCHEMA own; GRANT ALL ON SCHEMA own TO app WITH GRANT OPTION',
  'ALTER TABLE shop.orders OWNER TO $ME',
  'ALTER SCHEMA shop OWNER TO $ME',
  'ALTER FUNCTION shop.f() OWNER TO $ME',
  'CREATE STATISTICS shop.$N ON id, customer FROM shop.orders',
  'CREATE PUBLICATION $N',
  'CREATE POLICY $N ON shop.orders TO $ME USING (true)',
  'CREATE POLICY $N ON shop.orders TO app, $ME USING (true)',
  'CREATE RULE $N AS ON INSERT TO shop.orders DO INSTEAD NOTHING',
  'CREATE TEMPORARY TABLE $N (id int); GRANT SELECT ON $N TO app',
  'SELECT lo_create(0); GRANT SELECT ON LARGE OBJECT 0 TO app',
  'SELECT lo_create(0) FROM generate_series(1, 30)',
  "ALTER ROLE CURRENT_USER PASSWORD 'another'",
  'ALTER ROLE CURRENT_USER SET work_mem TO 65',
  'ALTER ROLE CURRENT_USER SET statement_timeout TO 1',
  'ALTER ROLE CURRENT_USER IN DATABASE demo SET search_path TO shop',
  ...each(WHOM, (whom) => [
    `ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO ${whom}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner GRANT ALL ON TABLES TO ${whom}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner IN SCHEMA shop GRANT EXECUTE ON ROUTINES TO ${whom}`,
    `ALTER DEFAULT PRIVILEGES FOR ROLE shop_owner GRANT USAGE ON SCHEMAS TO ${whom}`,
  ]),
  'BEGIN; LOCK TABLE shop.orders',
  "BEGIN; ALTER ROLE CURRENT_USER PASSWORD 'x'",
  'BEGIN; CREATE TABLE shop.$N (id int)',
  'COMMIT',
  "BEGIN; CREATE TABLE shop.$N (id int); PREPARE TRANSACTION '$N of $ME'",
];

const AWAY = [
  'CREATE TABLE public.$N (id int); GRANT SELECT ON public.$N TO app WITH GRANT OPTION',
  'CREATE TYPE public.$N AS (a int)',
  'SELECT lo_create(0)',
  'ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO app',
  'BEGIN; CREATE TABLE public.$N (id int)',
];

const OTHERS: readonly Deed[] = [
  ...by('meddler', [
    ...each(WITH, (option) => [
      `GRANT SELECT ON meddle.own TO $ME${option}`,
      `GRANT SELECT (id), UPDATE (other) ON meddle.own TO $ME${option}`,
      `GRANT USAGE ON SCHEMA meddle TO $ME${option}`,
    ]),
    'REVOKE SELECT ON meddle.own FROM $ME CASCADE',
    'CREATE POLICY $N ON meddle.own TO $ME USING (true)',
    'ALTER DEFAULT PRIVILEGES IN SCHEMA meddle GRANT SELECT ON TABLES TO $ME',
    "CREATE FUNCTION meddle.$N() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION meddle.$N() TO $ME",
  ]),
  ...by('superuser', [
    'GRANT meddler TO $ME WITH ADMIN OPTION',
    'GRANT app TO $ME WITH ADMIN OPTION',
    'GRANT pg_read_all_data TO $ME',
    'GRANT SET ON PARAMETER work_mem TO $ME WITH GRANT OPTION',
    'GRANT USAGE ON LANGUAGE sql TO $ME',
    'GRANT CREATE ON TABLESPACE pg_default TO $ME WITH GRANT OPTION',
    'GRANT SELECT ON pg_catalog.pg_authid TO $ME WITH GRANT OPTION',
    'GRANT CREATE ON SCHEMA vault TO shop_owner',
    'GRANT SELECT ON shop.orders TO meddler WITH GRANT OPTION',
    'REVOKE SELECT ON shop.orders FROM meddler CASCADE',
  ]),
  ...by(
    'meddler',
    each(WITH, (option) => [
      `GRANT SELECT ON shop.orders TO $ME${option}`,
      `GRANT SELECT (id) ON shop.orders TO $ME${option}`,
    ]),
  ),
  ...by('login', [
    ...each(WHOM, (whom) => [
      `GRANT SELECT ON meddle.own TO ${whom}`,
      `GRANT SELECT (id) ON meddle.own TO ${whom}`,
      `GRANT SELECT ON pg_catalog.pg_authid TO ${whom}`,
    ]),
    'GRANT meddler TO reader',
    'GRANT app TO reader WITH ADMIN OPTION',
    'GRANT SET ON PARAMETER work_mem TO app',
    'GRANT CREATE ON TABLESPACE pg_default TO app',
  ]),
];

const REVIEWED: readonly Deed[] = [
  ...by(
    'login',
    each(SCHEMAS, (schema) => [
      `CREATE FUNCTION ${schema}.$N() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'`,
    ]),
  ),
  ...by('elsewhere', [
    "CREATE FUNCTION public.$N() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
    "CREATE FUNCTION public.$N() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    'CREATE VIEW public.$N AS SELECT 1 AS one',
  ]),
];

/** Groups of deeds, each drawn as often as the others. */
export const deeds = {
  own: [
    by('login', GRANTS),
    by('login', REVOKES),
    by('login', OBJECTS),
    by('login', CODE),
    by('login', ITSELF),
    [...by('elsewhere', AWAY), ...by('postgres', AWAY)],
  ],
  others: [OTHERS],
  reviewed: [REVIEWED],
};

export const deedOf = (groups: readonly (readonly Deed[])[]): fc.Arbitrary<Deed> =>
  fc.oneof(...groups.map((group) => fc.constantFrom(...group)));

/** Whatever still names a role by its OID, in one database. */
export const tracesOf = (roleId: string): string => `
  SELECT 'role' AS what FROM pg_authid WHERE oid = ${roleId}
  UNION ALL SELECT 'dependency' FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = ${roleId}
  UNION ALL SELECT 'membership' FROM pg_auth_members WHERE ${roleId} IN (roleid, member, grantor)
  UNION ALL SELECT 'session' FROM pg_stat_activity WHERE usesysid = ${roleId}
  UNION ALL SELECT 'setting' FROM pg_db_role_setting WHERE setrole = ${roleId}
  UNION ALL SELECT 'policy' FROM pg_policy WHERE ${roleId} = ANY (polroles)
  UNION ALL SELECT 'owner' FROM (SELECT relowner FROM pg_class UNION ALL SELECT proowner FROM pg_proc UNION ALL SELECT typowner FROM pg_type
    UNION ALL SELECT nspowner FROM pg_namespace UNION ALL SELECT lomowner FROM pg_largeobject_metadata UNION ALL SELECT extowner FROM pg_extension
    UNION ALL SELECT pubowner FROM pg_publication UNION ALL SELECT collowner FROM pg_collation UNION ALL SELECT stxowner FROM pg_statistic_ext
    UNION ALL SELECT oprowner FROM pg_operator UNION ALL SELECT defaclrole FROM pg_default_acl UNION ALL SELECT umuser FROM pg_user_mapping) AS owners (id) WHERE id = ${roleId}
  UNION ALL SELECT 'right on ' || place FROM (
      SELECT 'class', relacl FROM pg_class UNION ALL SELECT 'column', attacl FROM pg_attribute UNION ALL SELECT 'namespace', nspacl FROM pg_namespace
      UNION ALL SELECT 'database', datacl FROM pg_database UNION ALL SELECT 'proc', proacl FROM pg_proc UNION ALL SELECT 'type', typacl FROM pg_type
      UNION ALL SELECT 'language', lanacl FROM pg_language UNION ALL SELECT 'large object', lomacl FROM pg_largeobject_metadata
      UNION ALL SELECT 'tablespace', spcacl FROM pg_tablespace UNION ALL SELECT 'parameter', paracl FROM pg_parameter_acl
      UNION ALL SELECT 'default', defaclacl FROM pg_default_acl UNION ALL SELECT 'init', initprivs FROM pg_init_privs) AS lists (place, acl), aclexplode(acl)
    WHERE ${roleId} IN (grantee, grantor)`;
