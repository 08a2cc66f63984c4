import * as z from 'zod';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { parseSecretName } from 'taskbound-evidence/names/ids';

/**
 * The maximum length of the name of a role or an object, in bytes:
 * https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
 */
export const IDENTIFIER_BYTES = 63;

/** Names of databases, schemas, tables and roles in a declaration. All are also escaped in SQL. */
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, {
  error: 'names have letters, digits and _, begin with no digit, and are at most 63 long',
});

/**
 * PostgreSQL's predefined roles (such as `pg_execute_server_program`) may allow anything. `public` and `none`
 * are not roles.
 */
const role = identifier.refine((name) => !/^(pg_|public$|none$)/i.test(name), {
  error: 'must be a role of your own: neither pg_…, nor public, nor none',
});

/** https://www.postgresql.org/docs/18/ddl-priv.html. Each kind of object has its own privileges. */
const DATABASE_PRIVILEGES = ['CONNECT', 'CREATE', 'TEMPORARY'] as const;
const SCHEMA_PRIVILEGES = ['USAGE', 'CREATE'] as const;
/**
 * TRIGGER and REFERENCES are not allowed, because both leave something on a table of another owner. A trigger
 * runs as the role that writes to the table, and the checks of a foreign key (with the casts of its column
 * types) run as the table's owner. A member of the table's owner has both privileges anyway.
 */
const TABLE_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'MAINTAIN'] as const;

/** Privileges on one kind of object, always without grant option. */
const loginRight = z.discriminatedUnion('on', [
  z.strictObject({ on: z.literal('database'), privileges: z.array(z.enum(DATABASE_PRIVILEGES)).min(1) }),
  z.strictObject({
    on: z.literal('schema'),
    schema: identifier,
    privileges: z.array(z.enum(SCHEMA_PRIVILEGES)).min(1),
  }),
  z.strictObject({
    on: z.literal('tables'),
    schema: identifier,
    tables: z.array(identifier).min(1).max(50),
    privileges: z.array(z.enum(TABLE_PRIVILEGES)).min(1),
  }),
  /** All tables that exist when the login is created. */
  z.strictObject({
    on: z.literal('allTables'),
    schema: identifier,
    privileges: z.array(z.enum(TABLE_PRIVILEGES)).min(1),
  }),
]);
export type LoginRight = z.infer<typeof loginRight>;

const makesObjects = ({ on, privileges }: LoginRight): boolean =>
  (on === 'database' || on === 'schema') && privileges.some((privilege) => privilege === 'CREATE');

/**
 * A PostgreSQL login for one task. At its end, `owner` receives the objects that it created, and a view runs
 * with the rights of its owner. So only a login that is a member of `owner`, and has these rights anyway, may
 * create objects. Otherwise a task could leave a view that reads more than the task could read itself.
 */
export const postgresSpec = z
  .strictObject({
    kind: z.literal('postgres'),
    /** The secret with the server's address and an admin's password, in the format of RDS. */
    adminSecretArn: z.string().min(1),
    /**
     * The KMS key of that secret, unless it is the AWS managed key. Only needed for the permission to use it.
     */
    adminKeyArn: z.string().min(1).optional(),
    /** The only database in which the login has rights. Its objects are searched for there. */
    database: identifier,
    /** The role that receives the objects of the login at its end. */
    owner: role,
    rights: z.array(loginRight).max(20),
    /**
     * Roles whose rights the login has (INHERIT). It cannot act as them (no SET) or grant them (no ADMIN).
     */
    memberOf: z.array(role).max(10),
    /** How many sessions may be open at the same time. */
    connections: z.int().min(1).max(100),
  })
  .refine((spec) => spec.rights.length + spec.memberOf.length > 0, {
    error: 'a login without rights has no use; give it rights, or make it a member of a role',
  })
  .refine((spec) => spec.memberOf.includes(spec.owner) || !spec.rights.some(makesObjects), {
    error:
      'only members of owner may have CREATE, because owner receives the objects that the login leaves; add owner to memberOf, or remove CREATE',
  });
export type PostgresSpec = z.infer<typeof postgresSpec>;

/**
 * How many characters of a stack's name fit into a login name. A longer name is shortened and gets a hash.
 */
const STACK_CHARACTERS = 20;
const HASH_CHARACTERS = 16;

/** The prefix of the names of all logins of a stack, which shows to which stack a login belongs. */
export const loginPrefix = (stack: string): string =>
  `taskbound_${stack.length <= STACK_CHARACTERS ? stack : `${stack.slice(0, 11)}.${sha256Hex(stack).slice(0, 8)}`}_`;

/**
 * The login name of a JIT secret. It depends only on the secret's name, so it is known before the login
 * exists. It is readable and unique.
 */
export function loginNameOf(secretName: string): string {
  const parsed = parseSecretName(secretName);
  if (parsed === undefined) throw new RangeError(`${secretName} is not the name of a task's secret.`);
  const prefix = loginPrefix(parsed.stack);
  const hash = sha256Hex(secretName).slice(0, HASH_CHARACTERS);
  const task = parsed.boundaryId.slice(0, IDENTIFIER_BYTES - prefix.length - 1 - HASH_CHARACTERS);
  return `${prefix}${task}_${hash}`;
}

/** The rights as text for the evidence: `MAINTAIN ON ALL TABLES IN SCHEMA shop; MEMBER OF shop_owner`. */
export const rightsText = ({ rights, memberOf, database }: PostgresSpec): string =>
  [
    ...rights.map((right) => `${right.privileges.join(', ')} ON ${objectsText(right, database)}`),
    ...memberOf.map((name) => `MEMBER OF ${name}`),
  ].join('; ');

function objectsText(right: LoginRight, database: string): string {
  switch (right.on) {
    case 'database':
      return `DATABASE ${database}`;
    case 'schema':
      return `SCHEMA ${right.schema}`;
    case 'tables':
      return `TABLE ${right.tables.map((table) => `${right.schema}.${table}`).join(', ')}`;
    case 'allTables':
      return `ALL TABLES IN SCHEMA ${right.schema}`;
  }
}
