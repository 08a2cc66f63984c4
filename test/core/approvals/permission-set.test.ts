import { describe, expect, it } from 'vitest';
import { isAmong, peopleText, personOf, reservedRoleName } from '../../../core/approvals/people.ts';
import { isRoleOf, localRoleOf, rolePatternOf } from '../../../core/approvals/permission-set.ts';

const rolePrefix = 'arn:aws:iam::111122223333:role/';
const set = { permissionSet: 'Ops.x', rolePrefix, personal: true } as const;
const NAME = 'AWSReservedSSO_Ops.x_0123456789abcdef';
const PATH = `${rolePrefix}aws-reserved/sso.amazonaws.com/`;

describe('isRoleOf', () => {
  it.each([
    ['its role', `${PATH}${NAME}`, true],
    ['its role in another region', `${PATH}eu-central-1/${NAME}`, true],
    ['its role in a region of the government', `${PATH}us-gov-west-1/${NAME}`, true],
    ['a role of the same name without the path', `${rolePrefix}${NAME}`, false],
    [
      'a role of the same name in another path',
      `${rolePrefix}x/aws-reserved/sso.amazonaws.com/${NAME}`,
      false,
    ],
    ['a role of another account', `${PATH.replace('1111', '4444')}${NAME}`, false],
    ['a role of a set whose name starts the same', `${PATH}AWSReservedSSO_Ops.x_y_0123456789abcdef`, false],
    ['a role of a set whose name is a pattern', `${PATH}AWSReservedSSO_Opsyx_0123456789abcdef`, false],
    ['a suffix that is too short', `${PATH}AWSReservedSSO_Ops.x_0123456789abcde`, false],
    ['a suffix that is not hexadecimal', `${PATH}AWSReservedSSO_Ops.x_0123456789abcdeg`, false],
    ['a path below', `${PATH}eu-central-1/x/${NAME}`, false],
  ])('%s: %s is %s', (_what, arn, expected) => {
    expect(isRoleOf(arn, set)).toBe(expected);
    expect(isAmong(arn, set)).toBe(expected);
  });
});

describe('personOf, for a permission set', () => {
  const arn = `arn:aws:sts::111122223333:assumed-role/${NAME}/Alice@Example.org`;

  it('is the user, whose name the session has', () =>
    expect(personOf({ arn, roleArn: `${PATH}${NAME}` }, [set])).toEqual({
      person: 'alice@example.org',
      roleArn: `${PATH}${NAME}`,
    }));

  it.each([
    ['without the path of the role', { arn }],
    ['with a role elsewhere', { arn, roleArn: `${rolePrefix}${NAME}` }],
    ['with the ARN of another role', { arn: arn.replace('Ops.x', 'Other'), roleArn: `${PATH}${NAME}` }],
    ['that is no session', { arn: 'arn:aws:iam::111122223333:user/alice', roleArn: `${PATH}${NAME}` }],
  ])('is nobody for a caller %s', (_what, caller) => expect(personOf(caller, [set])).toBeUndefined());
});

it('only roles with a reserved name must be looked up', () => {
  expect(reservedRoleName(`arn:aws:sts::111122223333:assumed-role/${NAME}/alice`)).toBe(NAME);
  expect(reservedRoleName('arn:aws:sts::111122223333:assumed-role/Approvers/alice')).toBeUndefined();
  expect(reservedRoleName('arn:aws:iam::111122223333:root')).toBeUndefined();
});

it('the pattern of a set names its role in an embedded AWS', () => {
  const pattern = rolePatternOf('Ops.x', rolePrefix);
  expect(pattern).toBe(`${PATH}*AWSReservedSSO_Ops.x_*`);
  expect(isRoleOf(localRoleOf(pattern), set)).toBe(true);
});

it.each([
  [[], 'sessions of no role'],
  [
    [
      { roleArn: 'a', personal: true },
      { roleArn: 'b', personal: false },
    ],
    'sessions of a, b',
  ],
  [[set], 'users of the permission set Ops.x'],
  [[{ roleArn: 'a', personal: true }, set], 'sessions of a, users of the permission set Ops.x'],
])('people as text: %j', (roles, text) => expect(peopleText(roles)).toBe(text));
