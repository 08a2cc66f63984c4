import { describe, expect, test } from 'vitest';
import { isSessionOf, personOf } from '../../../core/approvals/people.ts';

describe('isSessionOf', () => {
  const role = 'arn:aws:iam::111122223333:role/Requesters';
  const pathed = 'arn:aws:iam::111122223333:role/team/eu/Requesters';
  const session = 'arn:aws:sts::111122223333:assumed-role/Requesters/ann';

  test.each([
    ['a session of the role', session, role, true],
    ['a session of a role with a path, which the session ARN does not contain', session, pathed, true],
    ['a session in another partition', session.replace('aws', 'aws-cn'), role.replace('aws', 'aws-cn'), true],
    ['a session name that looks like a path', `${session}/x`, role, false],
    ['a longer role name', session.replace('Requesters', 'Requesters2'), role, false],
    ['a role name with a prefix', session.replace('Requesters', 'XRequesters'), role, false],
    ['a role name in another case', session.replace('Requesters', 'requesters'), role, false],
    ["a role named after another's path", session.replace('Requesters', 'team'), pathed, false],
    [
      'the role name as the session name',
      'arn:aws:sts::111122223333:assumed-role/Other/Requesters',
      role,
      false,
    ],
    ['another account', session.replace('111122223333', '444455556666'), role, false],
    ['the role itself', role, role, false],
    ['a user of that name', 'arn:aws:iam::111122223333:user/Requesters', role, false],
    ['a federated user', 'arn:aws:sts::111122223333:federated-user/Requesters/ann', role, false],
    ['the account', 'arn:aws:iam::111122223333:root', role, false],
    ['an ARN in front of the session ARN', `arn:aws:iam::111122223333:user/${session}`, role, false],
    ['a session without a name', 'arn:aws:sts::111122223333:assumed-role/Requesters', role, false],
    ['nothing', '', '', false],
  ])('%s: %s of %s is %s', (_what, caller, of, expected) => {
    expect(isSessionOf(caller, of)).toBe(expected);
  });
});

describe('personOf', () => {
  const roleArn = 'arn:aws:iam::111122223333:role/Approvers';
  const alice = 'arn:aws:sts::111122223333:assumed-role/Approvers/Alice';

  test('returns the session name in lower case for a personal role', () => {
    expect(personOf({ arn: alice }, [{ roleArn, personal: true }])).toEqual({ roleArn, person: 'alice' });
  });

  test('returns the same person for another role, so that nobody can approve their own request', () => {
    const other = 'arn:aws:iam::444455556666:role/Requesters';
    const asked = personOf({ arn: 'arn:aws:sts::444455556666:assumed-role/Requesters/alice' }, [
      { roleArn: other, personal: true },
    ]);
    expect(asked?.person).toBe(personOf({ arn: alice }, [{ roleArn, personal: true }])?.person);
  });

  test('returns the role where a session may have any name', () => {
    const roles = [{ roleArn, personal: false }];
    expect(personOf({ arn: alice }, roles)).toEqual({ roleArn, person: roleArn });
    expect(personOf({ arn: alice.replace('Alice', 'bob') }, roles)?.person).toBe(roleArn);
  });

  test('returns nothing for a session of another role', () => {
    expect(personOf({ arn: alice }, [])).toBeUndefined();
    expect(
      personOf({ arn: 'arn:aws:iam::111122223333:user/alice' }, [{ roleArn, personal: true }]),
    ).toBeUndefined();
  });
});
