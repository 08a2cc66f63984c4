import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { expect, it } from 'vitest';
import { identifyReservedRoles } from '../../../../lambdas/control/function/reserved-role.ts';
import { mockAws } from '../../../fixtures/mock-aws.ts';

const NAME = 'AWSReservedSSO_Ops_0123456789abcdef';
const Arn = `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/${NAME}`;
const caller = (role: string) => ({
  arn: `arn:aws:sts::111122223333:assumed-role/${role}/alice`,
  userId: 'AROAEXAMPLE:alice',
  accountId: '111122223333',
});
const role = (RoleId: string) => ({
  Role: { Arn, RoleId, RoleName: NAME, Path: '/', CreateDate: new Date(0) },
});
const identify = identifyReservedRoles(new IAMClient({ region: 'eu-central-1' }));

it('gives a caller from Identity Center the ARN of the role, with its path', async () => {
  const iam = mockAws(IAMClient);
  iam.on(GetRoleCommand, { RoleName: NAME }).resolves(role('AROAEXAMPLE'));
  expect(await identify(caller(NAME))).toEqual({ ...caller(NAME), roleArn: Arn });
});

it('looks up no other role', async () => {
  const iam = mockAws(IAMClient);
  expect(await identify(caller('Approvers'))).toEqual(caller('Approvers'));
  expect(iam.commandCalls(GetRoleCommand)).toHaveLength(0);
});

it('does not trust a role that replaced the caller’s under the same name', async () => {
  mockAws(IAMClient).on(GetRoleCommand).resolves(role('AROANEWROLE'));
  expect(await identify(caller(NAME))).toEqual(caller(NAME));
});

const failure = (name: string) => Object.assign(new Error(name), { name });

it.each(['AccessDenied', 'AccessDeniedException', 'NoSuchEntity', 'NoSuchEntityException'])(
  'leaves the caller as it is when IAM answers %s: the role is elsewhere, or gone',
  async (name) => {
    mockAws(IAMClient).on(GetRoleCommand).rejects(failure(name));
    expect(await identify(caller(NAME))).toEqual(caller(NAME));
  },
);

it('fails when IAM does not answer, so that the call can be made again', async () => {
  mockAws(IAMClient).on(GetRoleCommand).rejects(failure('ServiceUnavailable'));
  await expect(identify(caller(NAME))).rejects.toThrow('ServiceUnavailable');
});
