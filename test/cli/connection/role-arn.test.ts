import { describe, expect, it } from 'vitest';
import { UsageError } from 'taskbound-evidence/command/errors';
import { roleArnOf } from '../../../cli/connection/role-arn.ts';

const arnOf = (name: string) => `arn:aws:iam::111122223333:role/${name}`;
const role = (name: string, inIam: string) => ({ name, arn: arnOf(inIam), grants: [] });
const manifest = {
  stack: 'Shop',
  roles: [
    role('Requesters', 'Shop-Requesters8EC7F3E0-AbCdEfGh1234'),
    role('People/Approvers', 'Shop-PeopleApprovers11223344-AbCdEfGh1234'),
    role('TeamA/Readers', 'team/a/readers'),
    role('TeamB/Readers', 'team-b-readers'),
    role('Other/People/Readers/Deep', 'deep'),
    role('Ops', 'aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Ops_*'),
  ],
};
const outputs = async () => ({ Auditors: arnOf('auditors'), Bucket: 'a-bucket', Requesters: arnOf('other') });
const find = (text: string, hasPeople = true) => roleArnOf(text, { manifest, outputs, hasPeople });

describe('a role is found by', () => {
  it.each([
    ['its ARN, even if the manifest does not name it', arnOf('path/Elsewhere'), arnOf('path/Elsewhere')],
    ['its construct, before an output of the same name', 'Requesters', manifest.roles[0]?.arn],
    ['the path of its construct', 'People/Approvers', manifest.roles[1]?.arn],
    ['the last part of that path', 'Approvers', manifest.roles[1]?.arn],
    ['its logical id', 'PeopleApprovers11223344', manifest.roles[1]?.arn],
    ['its name in IAM', 'Shop-Requesters8EC7F3E0-AbCdEfGh1234', manifest.roles[0]?.arn],
    ['its name in IAM, without its path', 'readers', manifest.roles[2]?.arn],
    ['the output that contains its ARN', 'Auditors', arnOf('auditors')],
  ])('%s', async (_what, text, arn) => expect(await find(text)).toBe(arn));
});

it.each([
  [
    'a name that no role has',
    'Nobody',
    /^"Nobody" is no role of the stack Shop; its grants name the roles Requesters \(arn:aws:iam::111122223333:role\/Shop-Requesters8EC7F3E0-AbCdEfGh1234\), People\/Approvers/,
  ],
  ['the name of two roles', 'Readers', /^"Readers" is the name of 2 roles of the stack Shop/],
  ['an output that contains no role', 'Bucket', /^"Bucket" is no role/],
  ['a part of a logical id', 'Peop', /^"Peop" is no role/],
])('%s is refused with the roles', async (_what, text, message) => {
  const error: unknown = await find(text).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as Error).message).toMatch(message);
});

it('a stack whose grants name no role says which method makes one', async () => {
  await expect(
    roleArnOf('Requesters', {
      manifest: { stack: 'Shop', roles: [] },
      outputs: async () => ({}),
      hasPeople: true,
    }),
  ).rejects.toThrow(/its grants name no role: call grantSubmit\(role\) of a task type/);
});

describe('a permission set of IAM Identity Center', () => {
  it('has a role that stands for it in an embedded AWS', async () => {
    expect(await find('Ops', false)).toBe(
      arnOf('aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0000000000000000'),
    );
  });

  it('cannot be assumed elsewhere, and the message tells how its users act', async () => {
    await expect(find('Ops')).rejects.toMatchObject({
      name: 'UsageError',
      message: expect.stringMatching(
        /^Ops is a permission set.*Leave out --as, sign in.*aws sso login.*AWS_PROFILE/,
      ),
    });
  });
});
