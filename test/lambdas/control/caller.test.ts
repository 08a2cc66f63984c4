import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { callerOf, isSessionOf } from '../../../lambdas/submit/caller.ts';

const iam = {
  accessKey: 'ASIA1',
  accountId: '111122223333',
  callerId: 'AROA1:ann',
  cognitoIdentity: null,
  principalOrgId: '',
  userArn: 'arn:aws:sts::111122223333:assumed-role/Requesters/ann',
  userId: 'AROA1:ann',
};
type Event = Pick<APIGatewayProxyEventV2WithIAMAuthorizer, 'requestContext'>;
const event = (requestContext: unknown) => ({ requestContext }) as Event;
const signedBy = (change: Partial<Record<keyof typeof iam, unknown>>) =>
  event({ authorizer: { iam: { ...iam, ...change } } });

describe('callerOf', () => {
  test('is what IAM verified', () => {
    expect(callerOf(signedBy({}))).toEqual({
      arn: iam.userArn,
      userId: 'AROA1:ann',
      accountId: '111122223333',
    });
  });

  test.each([
    ['no context', event(undefined)],
    ['no authorizer', event({})],
    ['another authorizer', event({ authorizer: { jwt: { claims: iam } } })],
    ['no ARN', signedBy({ userArn: undefined })],
    ['an empty ARN', signedBy({ userArn: '' })],
    ['no user id', signedBy({ userId: null })],
    ['no account', signedBy({ accountId: undefined })],
  ])('%s: NotPermitted', (_what, unsigned) => {
    expect(() => callerOf(unsigned)).toThrow(expect.objectContaining({ name: 'NotPermitted' }));
  });
});

describe('isSessionOf', () => {
  const role = 'arn:aws:iam::111122223333:role/Requesters';
  const pathed = 'arn:aws:iam::111122223333:role/team/eu/Requesters';
  const session = 'arn:aws:sts::111122223333:assumed-role/Requesters/ann';

  test.each([
    ['its session', session, role, true],
    ['a session of a role with a path, which its ARN leaves out', session, pathed, true],
    ['a session in another partition', session.replace('aws', 'aws-cn'), role.replace('aws', 'aws-cn'), true],
    ['a session name that looks like a path', `${session}/x`, role, true],
    ['a name that goes on', session.replace('Requesters', 'Requesters2'), role, false],
    ['a name that begins earlier', session.replace('Requesters', 'XRequesters'), role, false],
    ['a name in other letters', session.replace('Requesters', 'requesters'), role, false],
    ["a role named after another's path", session.replace('Requesters', 'team'), pathed, false],
    ['the name as session name', 'arn:aws:sts::111122223333:assumed-role/Other/Requesters', role, false],
    ['another account', session.replace('111122223333', '444455556666'), role, false],
    ['the role itself', role, role, false],
    ['a user of that name', 'arn:aws:iam::111122223333:user/Requesters', role, false],
    ['a federated user', 'arn:aws:sts::111122223333:federated-user/Requesters/ann', role, false],
    ['the account', 'arn:aws:iam::111122223333:root', role, false],
    ['an ARN in front of its own', `arn:aws:iam::111122223333:user/${session}`, role, false],
    ['a session without a name', 'arn:aws:sts::111122223333:assumed-role/Requesters', role, false],
    ['nothing', '', '', false],
  ])('%s: %s of %s is %s', (_what, caller, of, expected) => {
    expect(isSessionOf(caller, of)).toBe(expected);
  });
});
