import { App, Duration, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../../../core/shared/errors.ts';
import { checkApproval } from '../../../lib/approvals/check-approval.ts';
import { Approval, BoundedTask, personalPrincipal, TaskBoundary, Tool, Work } from '../../../lib/index.ts';

const required = Approval.required({ quorum: 2, expiresAfter: Duration.hours(1) });

function typeWithApproval() {
  const stack = new Stack(new App(), 'Test');
  const work = Work.entry(new URL('../../fixtures/work/raw.ts', import.meta.url), {
    timeout: Duration.seconds(10),
  });
  const type = new BoundedTask(stack, 'Approved', {
    boundary: new TaskBoundary(stack, 'Boundary'),
    type: 'approved',
    tools: { read: Tool.allow('s3:GetObject').on(new s3.Bucket(stack, 'Bucket').arnForObjects('a')) },
    work,
    approval: required,
  });
  const role = (id: string, assumedBy: iam.IPrincipal) => new iam.Role(stack, id, { assumedBy });
  return { stack, type, role, faults: () => type.node.validate() };
}

describe('a type with approvals', () => {
  it('is accepted with personal requesters and approvers', () => {
    const { type, role, faults } = typeWithApproval();
    type.grantSubmit(role('Requesters', personalPrincipal()), { personal: true });
    type.grantDecide(role('Approvers', personalPrincipal()), { personal: true });
    expect(faults()).toEqual([]);
  });

  it('is refused when a caller can choose the session name', () => {
    const { type, role, faults } = typeWithApproval();
    type.grantSubmit(role('Requesters', new iam.AccountRootPrincipal()));
    type.grantDecide(role('Approvers', new iam.AccountRootPrincipal()));
    expect(faults()).toEqual([
      expect.stringMatching(
        /a role that may submit is not personal.*grantSubmit\(role, \{ personal: true \}\)/,
      ),
      expect.stringMatching(
        /a role that may decide is not personal.*grantDecide\(role, \{ personal: true \}\)/,
      ),
    ]);
  });

  it('is refused when no role may decide about its tasks', () => {
    const { type, role, faults } = typeWithApproval();
    type.grantSubmit(role('Requesters', personalPrincipal()), { personal: true });
    expect(faults()).toEqual([expect.stringMatching(/needs 2 approvals, but no role may decide/)]);
  });
});

const PIN = { 'sts:RoleSessionName': '${aws:username}' };
const ACCOUNT = { AWS: 'arn:aws:iam::111122223333:root' };
const OIDC = { Federated: 'arn:aws:iam::111122223333:oidc-provider/token.example.com' };
const trust = (statement: Record<string, unknown>) => ({
  Effect: 'Allow',
  Action: 'sts:AssumeRole',
  Principal: ACCOUNT,
  ...statement,
});

/** The faults of a type with one personal role whose trust policy contains these statements. */
function personalWith(statements: readonly Record<string, unknown>[]) {
  const made = typeWithApproval();
  const role = made.role('People', personalPrincipal());
  made.type.grantEnd(role, { personal: true });
  (role.node.defaultChild as iam.CfnRole).assumeRolePolicyDocument = { Statement: statements };
  return made.faults().filter((fault) => fault.includes('is declared personal'));
}

describe('a personal role', () => {
  it.each<[string, Record<string, unknown>]>([
    ['without a condition', trust({})],
    ['with any name', trust({ Condition: { StringLike: { 'sts:RoleSessionName': '*' } } })],
    ['with the user’s name as a pattern', trust({ Condition: { StringLike: PIN } })],
    [
      'with every name except one',
      trust({ Condition: { StringNotEquals: { 'sts:RoleSessionName': 'nobody' } } }),
    ],
    [
      'with the condition that a name is given',
      trust({ Condition: { Null: { 'sts:RoleSessionName': 'false' } } }),
    ],
    [
      'with a list of names',
      trust({ Condition: { StringEquals: { 'sts:RoleSessionName': ['alice', 'bob'] } } }),
    ],
    [
      'with one name for everybody',
      trust({ Condition: { StringEquals: { 'sts:RoleSessionName': 'team' } } }),
    ],
    ['with IfExists, so that the name may be absent', trust({ Condition: { StringEqualsIfExists: PIN } })],
    [
      'with ForAllValues, which accepts an empty set',
      trust({ Condition: { 'ForAllValues:StringEquals': PIN } }),
    ],
    [
      'with the variable in the value of another key',
      trust({ Condition: { StringNotEquals: { 'aws:PrincipalTag/x': '${sts:RoleSessionName}' } } }),
    ],
    ['by OIDC', trust({ Principal: OIDC, Action: 'sts:AssumeRoleWithWebIdentity' })],
    ['by a wildcard', trust({ Action: 'sts:*', Condition: { StringEquals: PIN } })],
    ['by a partial wildcard', trust({ Action: 'sts:Assume*', Condition: { StringEquals: PIN } })],
    ['with the action in lower case', trust({ Action: 'sts:assumerole' })],
    ['with NotAction', { ...trust({ NotAction: 'sts:TagSession' }), Action: undefined }],
    ['with NotPrincipal', { ...trust({ NotPrincipal: ACCOUNT }), Principal: undefined }],
    [
      'with an account in addition to a service',
      trust({ Principal: { ...ACCOUNT, Service: 'lambda.amazonaws.com' } }),
    ],
    ['for everyone', trust({ Principal: '*' })],
  ])('is refused when its caller can choose the session name: %s', (_what, statement) => {
    const pinned = trust({ Condition: { StringEquals: PIN } });
    expect(personalWith([pinned, statement])).toEqual([
      expect.stringMatching(/the trust of Test\/People\/Resource lets its callers choose/),
    ]);
  });

  it.each<[string, Record<string, unknown>]>([
    ['the name of the IAM user', trust({ Condition: { StringEquals: PIN } })],
    ['with tags', trust({ Action: ['sts:AssumeRole', 'sts:TagSession'], Condition: { StringEquals: PIN } })],
    [
      'by SAML',
      trust({
        Principal: { Federated: 'arn:aws:iam::111122223333:saml-provider/P' },
        Action: 'sts:AssumeRoleWithSAML',
      }),
    ],
    [
      'by OIDC, pinned to the subject',
      trust({
        Principal: OIDC,
        Action: 'sts:AssumeRoleWithWebIdentity',
        Condition: { StringEquals: { 'sts:RoleSessionName': '${token.example.com:sub}' } },
      }),
    ],
    ['for a service', trust({ Principal: { Service: 'lambda.amazonaws.com' } })],
    ['with a statement that denies', { ...trust({ Principal: '*' }), Effect: 'Deny' }],
  ])('is accepted when its session name is fixed: %s', (_what, statement) => {
    expect(personalWith([statement])).toEqual([]);
  });

  it('is checked at synth, also when its trust is extended later or the role is granted as an import', () => {
    const { stack, type, role, faults } = typeWithApproval();
    const [late, handle, imported] = [
      role('Late', personalPrincipal()),
      role('Handle', new iam.AccountRootPrincipal()),
      role('Imported', new iam.AccountRootPrincipal()),
    ];
    type.grantEnd(late, { personal: true });
    late.assumeRolePolicy?.addStatements(
      new iam.PolicyStatement({ actions: ['sts:AssumeRole'], principals: [new iam.AccountRootPrincipal()] }),
    );
    type.grantEnd(handle.withoutPolicyUpdates(), { personal: true });
    type.grantEnd(iam.Role.fromRoleArn(stack, 'Again', imported.roleArn), { personal: true });
    expect(faults().filter((fault) => fault.includes('is declared personal'))).toHaveLength(3);
  });

  it('is not checked when it is outside the app', () => {
    const { stack, type } = typeWithApproval();
    const arn =
      'arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Ops_0123456789abcdef';
    expect(() => type.grantEnd(iam.Role.fromRoleArn(stack, 'Sso', arn), { personal: true })).not.toThrow();
  });

  it('must be a role and not a user', () => {
    const { stack, type } = typeWithApproval();
    expect(() => type.grantDecide(new iam.User(stack, 'User'))).toThrow(DeclarationError);
  });
});

it.each<[string, Parameters<typeof checkApproval>[1], RegExp]>([
  ['emergencies without an approval to skip', { emergency: true }, /allows emergencies, but has no approval/],
  ['a quorum of zero', { approval: { ...required, quorum: 0 } }, /quorum of 1 to 10/],
  ['a quorum of eleven', { approval: { ...required, quorum: 11 } }, /quorum of 1 to 10/],
  [
    'less than a minute to approve',
    { approval: { ...required, expiresAfterSeconds: 59 } },
    /60 seconds or more/,
  ],
])('checkApproval refuses %s', (_what, props, message) => {
  expect(() => checkApproval('approved', props)).toThrow(message);
});
