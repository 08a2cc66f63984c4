import type { APIGatewayProxyEventV2WithIAMAuthorizer } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import { callerOf } from '../../../../lambdas/control/function/caller.ts';

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
  test('returns the caller that IAM verified', () => {
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
  ])('throws NotPermitted for %s', (_what, unsigned) => {
    expect(() => callerOf(unsigned)).toThrow(expect.objectContaining({ name: 'NotPermitted' }));
  });
});
