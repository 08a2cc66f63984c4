import pg from 'pg';
import type { DefaultGrant, Grant, Membership } from './granted.ts';

const { escapeIdentifier: quoted } = pg;

/** A statement, and the role that must run it: a right can be revoked only in the name of who gave it. */
export interface Step {
  readonly as: string;
  readonly statement: string;
}

/** How many objects one REVOKE names. */
const OBJECTS_PER_REVOKE = 200;

/**
 * Revokes all rights with few statements. First what the login gave, columns before whole objects: once its
 * own right to give is revoked, it can no longer revoke what it gave on a column, and nobody else can.
 */
export function revokeInBulk(grants: readonly Grant[], login: string): Step[] {
  const own = grants.filter(({ grantor }) => grantor === login);
  const others = grants.filter(({ grantor }) => grantor !== login);
  return [own, others].flatMap((some) => [
    ...columnSteps(some.filter(({ column }) => column !== null)),
    ...objectSteps(some.filter(({ column }) => column === null)),
  ]);
}

const columnSteps = (grants: readonly Grant[]): Step[] =>
  [...groupBy(grants, ({ grantor, grantee, object }) => [grantor, grantee, object]).values()].flatMap(
    (some) => stepFor(some, some.flatMap(privilegesOf).join(', '), some[0]?.object ?? ''),
  );

const objectSteps = (grants: readonly Grant[]): Step[] =>
  [
    ...groupBy(grants, ({ grantor, grantee, on, privileges }) => [grantor, grantee, on, privileges]).values(),
  ].flatMap((some) =>
    inChunks(some, OBJECTS_PER_REVOKE).flatMap((chunk) =>
      stepFor(chunk, chunk[0]?.privileges.join(', ') ?? '', chunk.map(({ object }) => object).join(', ')),
    ),
  );

function stepFor([first]: readonly Grant[], privileges: string, objects: string): Step[] {
  if (first === undefined) return [];
  return [{ as: first.grantor, statement: revoke(privileges, first.on, objects, first.grantee) }];
}

const revoke = (privileges: string, on: string, objects: string, grantee: string | null): string =>
  `REVOKE ${privileges} ON ${on} ${objects} FROM ${granteeText(grantee)} CASCADE`;

const granteeText = (grantee: string | null): string => (grantee === null ? 'PUBLIC' : quoted(grantee));

const privilegesOf = ({ privileges, column }: Grant): string[] =>
  privileges.map((privilege) => (column === null ? privilege : `${privilege} (${column})`));

/**
 * Revokes one right. Its giver may have lost the right to give it: PostgreSQL then ignores REVOKE, from
 * everybody. Or a role may have lost USAGE on the schema, so that it cannot name the object. Owners lend both
 * for this one transaction.
 */
export function revokeWithLoan(grant: Grant): readonly Step[] {
  const { owner, grantor, grantee, on, object, isHeldByGrantor, schema, schemaOwner, strangers } = grant;
  const usage = (verb: string) =>
    schema === null || schemaOwner === null
      ? []
      : strangers.map((role) => ({
          as: schemaOwner,
          statement: `${verb.replace('…', `USAGE ON SCHEMA ${schema}`)} ${quoted(role)}`,
        }));
  const privileges = privilegesOf(grant).join(', ');
  const revoking = { as: grantor, statement: revoke(privileges, on, object, grantee) };
  const keep = isHeldByGrantor ? 'GRANT OPTION FOR ' : '';
  const lend = `GRANT ${privileges} ON ${on} ${object} TO ${quoted(grantor)} WITH GRANT OPTION`;
  const takeBack = revoke(`${keep}${privileges}`, on, object, grantor);
  return [
    ...usage('GRANT … TO'),
    ...(owner === grantor ? [] : [{ as: owner, statement: lend }]),
    revoking,
    ...(owner === grantor ? [] : [{ as: owner, statement: takeBack }]),
    ...usage('REVOKE … FROM'),
  ];
}

/** A membership that the login gave is revoked in its name; one that it has is revoked by the admin, who names the role that gave it. */
export const revokeMembership = (
  { role, member, grantor }: Membership,
  login: string,
  admin: string,
): Step => ({
  as: grantor === login ? login : admin,
  statement: `REVOKE ${quoted(role)} FROM ${quoted(member)} GRANTED BY ${quoted(grantor)} CASCADE`,
});

export const revokeDefault = ({ role, schema, on }: DefaultGrant, login: string): Step => ({
  as: role,
  statement: `ALTER DEFAULT PRIVILEGES FOR ROLE ${quoted(role)} ${schema === null ? '' : `IN SCHEMA ${quoted(schema)} `}REVOKE ALL ON ${on} FROM ${quoted(login)}`,
});

/** Steps as text for a person, each in the name of its role. */
export const stepsText = (steps: readonly Step[]): string =>
  steps.map(({ as, statement }) => `SET ROLE ${quoted(as)}; ${statement};`).join(' ') + ' RESET ROLE;';

function groupBy<T>(all: readonly T[], keyOf: (each: T) => readonly unknown[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const key = JSON.stringify(keyOf(each));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return groups;
}

export const inChunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
