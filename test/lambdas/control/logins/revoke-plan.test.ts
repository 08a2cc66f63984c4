import { describe, expect, test } from 'vitest';
import type { Grant } from '../../../../lambdas/control/logins/granted.ts';
import {
  revokeInBulk,
  revokeMembership,
  revokeWithLoan,
  stepsText,
} from '../../../../lambdas/control/logins/revoke-plan.ts';

const LOGIN = 'taskbound_x';
const given = (change: Partial<Grant> = {}): Grant => ({
  on: 'TABLE',
  object: 'shop.orders',
  column: null,
  owner: 'shop_owner',
  grantor: 'shop_owner',
  grantee: LOGIN,
  privileges: ['SELECT'],
  isHeldByGrantor: false,
  schema: 'shop',
  schemaOwner: 'shop_owner',
  strangers: [],
  ...change,
});
const texts = (grants: readonly Grant[]) =>
  revokeInBulk(grants, LOGIN).map(({ as, statement }) => `${as}: ${statement}`);

describe('revoking the rights of a login', () => {
  test('names many objects in one statement, each in the name of who gave the right', () => {
    expect(
      texts([given(), given({ object: 'shop.customers' }), given({ object: 'app.t', grantor: 'admin' })]),
    ).toEqual([
      `shop_owner: REVOKE SELECT ON TABLE shop.orders, shop.customers FROM "${LOGIN}" CASCADE`,
      `admin: REVOKE SELECT ON TABLE app.t FROM "${LOGIN}" CASCADE`,
    ]);
    const many = Array.from({ length: 401 }, (_, n) => given({ object: `shop.t${n}` }));
    expect(revokeInBulk(many, LOGIN)).toHaveLength(3);
  });

  test('begins with what the login gave, columns before whole objects', () => {
    expect(
      texts([
        given(),
        given({ grantor: LOGIN, grantee: null }),
        given({ grantor: LOGIN, column: 'id' }),
        given({ grantor: LOGIN, column: 'name', privileges: ['SELECT', 'UPDATE'] }),
      ]),
    ).toEqual([
      `${LOGIN}: REVOKE SELECT (id), SELECT (name), UPDATE (name) ON TABLE shop.orders FROM "${LOGIN}" CASCADE`,
      `${LOGIN}: REVOKE SELECT ON TABLE shop.orders FROM PUBLIC CASCADE`,
      `shop_owner: REVOKE SELECT ON TABLE shop.orders FROM "${LOGIN}" CASCADE`,
    ]);
  });

  test('lends the right to give to a giver who has lost it, and USAGE on the schema to who cannot name the object', () => {
    const grant = given({ grantor: LOGIN, column: 'id', strangers: ['shop_owner'] });
    expect(stepsText(revokeWithLoan(grant))).toBe(
      [
        'SET ROLE "shop_owner"; GRANT USAGE ON SCHEMA shop TO "shop_owner";',
        `SET ROLE "shop_owner"; GRANT SELECT (id) ON TABLE shop.orders TO "${LOGIN}" WITH GRANT OPTION;`,
        `SET ROLE "${LOGIN}"; REVOKE SELECT (id) ON TABLE shop.orders FROM "${LOGIN}" CASCADE;`,
        `SET ROLE "shop_owner"; REVOKE SELECT (id) ON TABLE shop.orders FROM "${LOGIN}" CASCADE;`,
        'SET ROLE "shop_owner"; REVOKE USAGE ON SCHEMA shop FROM "shop_owner"; RESET ROLE;',
      ].join(' '),
    );
    const held = revokeWithLoan(given({ grantor: 'other', isHeldByGrantor: true })).at(-1);
    expect(held?.statement).toBe('REVOKE GRANT OPTION FOR SELECT ON TABLE shop.orders FROM "other" CASCADE');
  });

  test('revokes memberships that the login gave in its name, and its own as the admin', () => {
    const membership = { role: 'r', member: 'm', grantor: LOGIN };
    expect(revokeMembership(membership, LOGIN, 'admin').as).toBe(LOGIN);
    expect(revokeMembership({ ...membership, grantor: 'g' }, LOGIN, 'admin')).toEqual({
      as: 'admin',
      statement: 'REVOKE "r" FROM "m" GRANTED BY "g" CASCADE',
    });
  });
});
