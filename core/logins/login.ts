import * as z from 'zod';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { parseSecretName } from 'taskbound-evidence/names/ids';

/** The longest name of a role or an object, bytes: https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
export const IDENTIFIER_BYTES = 63;

/** Names of databases, schemas, tables and roles that a declaration may hold. All are escaped as well. */
const identifier = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,62}$/, {
  error: 'names have letters, digits and _, begin with no digit, and are at most 63 long',
});

/** Roles of PostgreSQL's own (`pg_execute_server_program`) can do anything; `public` and `none` are no roles. */
const role = identifier.refine((name) => !/^(pg_|public$|none$)/i.test(name), {
  error: 'must be a role of your own: neither pg_…, nor public, nor none',
});

/** https://www.postgresql.org/docs/18/ddl-priv.html; each object's kind has its own. */
const DATABASE_PRIVILEGES = ['CONNECT', 'CREATE', 'TEMPORARY'] as const;
const SCHEMA_PRIVILEGES = ['USAGE', 'CREATE'] as const;
/**
 * Neither TRIGGER nor REFERENCES: both leave something behind on somebody else's table. A trigger runs as whoever writes to it, and a
 * foreign key's checks (with the casts of its columns' types) as its owner. A member of the table's owner has both without being given them.
 */
const TABLE_PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'MAINTAIN'] as const;

/** Privileges on one kind of object. Grant options are never given. */
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
  /** Those that there are when the login is made. */
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
 * A PostgreSQL login for one task. What it makes goes to `owner` at its end, and a view runs with its owner's rights: so only a member of
 * `owner`, who has those rights anyway, may be let make objects. Else a task could leave behind what reads more than it could itself.
 */
export const postgresSpec = z
  .strictObject({
    kind: z.literal('postgres'),
    /** The secret with the server's address and an admin's password, in the form of RDS. */
    adminSecretArn: z.string().min(1),
    /** The key that encrypts it, if not AWS's own: only for the permission to use it. */
    adminKeyArn: z.string().min(1).optional(),
    /** The one database in which it has rights, and in which its objects are looked for. */
    database: identifier,
    /** Gets what the login owns when it ends. */
    owner: role,
    rights: z.array(loginRight).max(20),
    /** Roles whose rights it has while it lives (INHERIT), without being able to act as them (no SET) or to pass them on (no ADMIN). */
    memberOf: z.array(role).max(10),
    /** Sessions at once. */
    connections: z.int().min(1).max(100),
  })
  .refine((spec) => spec.rights.length + spec.memberOf.length > 0, {
    error: 'a login without rights is of no use; give it rights, or make it a member of a role',
  })
  .refine((spec) => spec.memberOf.includes(spec.owner) || !spec.rights.some(makesObjects), {
    error:
      'CREATE is for members of owner only, because owner gets what the login leaves behind; put owner into memberOf, or leave CREATE out',
  });
export type PostgresSpec = z.infer<typeof postgresSpec>;

/** Characters of a stack's name that fit into a login's; a longer one is told apart by a hash. */
const STACK_CHARACTERS = 20;
const HASH_CHARACTERS = 16;

/** What the names of all logins of a stack begin with: whoever finds one knows whose it is. */
export const loginPrefix = (stack: string): string =>
  `taskbound_${stack.length <= STACK_CHARACTERS ? stack : `${stack.slice(0, 11)}.${sha256Hex(stack).slice(0, 8)}`}_`;

/** The login of a JIT secret, by the secret's name alone: known before it is made, for people to read, and no other secret's. */
export function loginNameOf(secretName: string): string {
  const parsed = parseSecretName(secretName);
  if (parsed === undefined) throw new RangeError(`${secretName} is not the name of a task's secret.`);
  const begin = loginPrefix(parsed.stack);
  const hash = sha256Hex(secretName).slice(0, HASH_CHARACTERS);
  const task = parsed.boundaryId.slice(0, IDENTIFIER_BYTES - begin.length - 1 - HASH_CHARACTERS);
  return `${begin}${task}_${hash}`;
}

/** The rights in words, for the evidence: `MAINTAIN ON ALL TABLES IN SCHEMA shop; MEMBER OF shop_owner`. */
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
