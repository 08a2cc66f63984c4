import { describe, expect, it } from 'vitest';
import { secretName } from 'taskbound-evidence/names/ids';
import {
  IDENTIFIER_BYTES,
  loginNameOf,
  loginPrefix,
  postgresSpec,
  rightsText,
} from '../../../core/logins/login.ts';

const nameOf = (stack: string, taskId: string, name = 'database') =>
  loginNameOf(
    secretName(
      {
        stack,
        taskType: 'database-maintenance',
        boundaryId: `database-maintenance.${taskId}`,
        nonce: 'a'.repeat(32),
      },
      name,
    ),
  );

describe('the name of a login', () => {
  it.each([
    ['Taskbound', 'a1'],
    ['Taskbound', 'x'.repeat(40)],
    ['S'.repeat(128), 'x'.repeat(40)],
  ])(
    'for stack %s and task %s fits the limit, starts with the stack’s prefix and ends with a hash',
    (stack, taskId) => {
      const name = nameOf(stack, taskId);
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(IDENTIFIER_BYTES);
      expect(name.startsWith(loginPrefix(stack))).toBe(true);
      expect(name).toMatch(/_[0-9a-f]{16}$/);
    },
  );

  it('differs for every secret', () => {
    const names = [nameOf('A', 'a1'), nameOf('A', 'a2'), nameOf('B', 'a1'), nameOf('A', 'a1', 'other')];
    expect(new Set([...names, nameOf('S'.repeat(30), 'a1'), nameOf('S'.repeat(31), 'a1')]).size).toBe(6);
    expect(nameOf('A', 'a1')).toBe(nameOf('A', 'a1'));
  });

  it('exists only for the secret of a task', () => {
    expect(() => loginNameOf('somebody/elses')).toThrow(/not the name of a task/);
  });
});

const spec = {
  kind: 'postgres',
  adminSecretArn: 'arn',
  database: 'demo',
  owner: 'shop_owner',
  rights: [
    { on: 'tables', schema: 'shop', tables: ['orders', 'customers'], privileges: ['SELECT', 'MAINTAIN'] },
  ],
  memberOf: [],
  connections: 4,
} as const;
const faultOf = (change: object): string => {
  const parsed = postgresSpec.safeParse({ ...spec, ...change });
  return parsed.success ? '' : parsed.error.issues.map(({ message }) => message).join('; ');
};

describe('the rights of a login', () => {
  it('are written as text', () => {
    expect(rightsText(postgresSpec.parse({ ...spec, memberOf: ['shop_owner'] }))).toBe(
      'SELECT, MAINTAIN ON TABLE shop.orders, shop.customers; MEMBER OF shop_owner',
    );
  });

  it.each([
    ['a predefined role of PostgreSQL', { memberOf: ['pg_execute_server_program'] }, /role of your own/],
    ['PUBLIC as the owner', { owner: 'PUBLIC' }, /role of your own/],
    ['an invalid name', { database: 'demo"; DROP' }, /letters, digits/],
    ['no right at all', { rights: [] }, /without rights/],
    [
      'CREATE without being a member of the owner',
      { rights: [{ on: 'schema', schema: 'shop', privileges: ['CREATE'] }] },
      /only members of owner/,
    ],
    [
      'a privilege of another kind',
      { rights: [{ on: 'schema', schema: 'shop', privileges: ['SELECT'] }] },
      /Invalid/,
    ],
    ...['TRIGGER', 'REFERENCES', 'SELECT WITH GRANT OPTION', 'ALL'].flatMap((privilege) =>
      ['tables', 'allTables'].map((deps): [string, object, RegExp] => [
        `${privilege} on ${deps}, not even for a member of the owner`,
        {
          memberOf: ['shop_owner'],
          rights: [
            {
              on: deps,
              schema: 'shop',
              privileges: [privilege],
              ...(deps === 'tables' && { tables: ['orders'] }),
            },
          ],
        },
        /Invalid/,
      ]),
    ),
  ])('cannot contain %s', (_what, change, why) => {
    expect(faultOf(change)).toMatch(why);
  });

  it('can contain CREATE for a member of the owner', () => {
    const rights = [{ on: 'schema', schema: 'shop', privileges: ['CREATE'] }];
    expect(faultOf({ rights, memberOf: ['shop_owner'] })).toBe('');
  });
});
