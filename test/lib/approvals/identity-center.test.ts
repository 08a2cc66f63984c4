import { Duration, type Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { taskTypeConfig } from '../../../core/task-types/task-type.ts';
import { manifest } from '../../../core/manifest/manifest.ts';
import { Approval, People } from '../../../lib/index.ts';
import { listOf, ofType, resourcesOf, stackWith, textOf, type Resources } from '../sample.ts';

const ROLES = 'arn:<AWS::Partition>:iam::<AWS::AccountId>:role/';
const PATTERN = `${ROLES}aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Developers_*`;

const policies = (resources: Resources) =>
  ofType(resources, 'AWS::IAM::ManagedPolicy').filter(([id]) => id.includes('PermissionSet'));
const statementsOf = (document: unknown) => (document as { Statement: Record<string, unknown>[] }).Statement;
const parameter = (resources: Resources, id: string): string =>
  textOf(
    ofType(resources, 'AWS::SSM::Parameter').find(([name]) => name.startsWith(id))?.[1].Properties['Value'],
  );

describe('a permission set of IAM Identity Center', () => {
  const { stack, boundary, task } = stackWith({
    approval: Approval.required({ quorum: 1, expiresAfter: Duration.hours(1) }),
  });
  const developers = People.identityCenter('Developers');
  task.grantSubmit(developers);
  task.grantDecide(developers);
  task.grantRead(People.identityCenter('Developers'));
  boundary.grantRead(developers);
  boundary.grantDrain(People.identityCenter('Operators.x+y'));
  new s3.Bucket(stack, 'Reports').grantRead(developers);
  const resources = resourcesOf(stack);

  it('is personal, in the configuration of the type', () => {
    const { people } = taskTypeConfig.parse(JSON.parse(parameter(resources, 'Reader')));
    const set = { permissionSet: 'Developers', rolePrefix: ROLES, personal: true };
    expect(people).toEqual({ submit: [set], decide: [set], end: [] });
  });

  it('is named in the manifest, with the pattern of its role', () => {
    expect(manifest.parse(JSON.parse(parameter(resources, 'BoundaryManifest'))).roles).toEqual([
      { name: 'Developers', arn: PATTERN, grants: ['read', 'read:reader'] },
      { name: 'Operators.x+y', arn: PATTERN.replace('Developers', 'Operators.x+y'), grants: ['drain'] },
    ]);
  });

  it('has one managed policy with everything that it is granted, for Identity Center to name', () => {
    expect(policies(resources).map(([, { Properties }]) => Properties['ManagedPolicyName'])).toEqual([
      'taskbound-Other-Developers',
      'taskbound-Other-Operators.x+y',
    ]);
    const [[, { Properties }] = ['', { Properties: {} as Record<string, unknown> }]] = policies(resources);
    const statements = statementsOf(Properties['PolicyDocument']);
    expect([...new Set(statements.flatMap(({ Action }) => listOf(Action)))].sort()).toEqual([
      'dynamodb:GetItem',
      'dynamodb:Query',
      'kms:GetPublicKey',
      'lambda:InvokeFunction',
      'lambda:InvokeFunctionUrl',
      'ssm:GetParameter',
      'states:DescribeExecution',
      'states:GetExecutionHistory',
    ]);
    for (const call of statements.filter(({ Action }) => Action === 'lambda:InvokeFunction'))
      expect(call['Condition']).toEqual({ Bool: { 'lambda:InvokedViaFunctionUrl': true } });
    expect(Properties['Roles']).toBeUndefined();
  });

  it('lets the functions that it calls, and no other, read the roles of Identity Center', () => {
    const readers = ofType(resources, 'AWS::IAM::Policy').flatMap(([id, policy]) =>
      statementsOf(policy.Properties['PolicyDocument'])
        .filter(({ Action }) => listOf(Action).includes('iam:GetRole'))
        .map(({ Resource }) => [id.replace(/RoleDefaultPolicy.*/, ''), textOf(Resource)]),
    );
    expect(readers).toEqual([
      ['BoundaryControlSubmit', `${ROLES}aws-reserved/sso.amazonaws.com/*`],
      ['BoundaryControlDecide', `${ROLES}aws-reserved/sso.amazonaws.com/*`],
    ]);
  });

  it('is also a principal for resources of the app', () => {
    const [[, policy] = []] = ofType(resources, 'AWS::S3::BucketPolicy');
    expect(statementsOf(policy?.Properties['PolicyDocument'])[0]).toMatchObject({
      Principal: { AWS: expect.anything() },
      Condition: { ArnLike: { 'aws:PrincipalArn': expect.anything() } },
    });
  });
});

describe('is refused', () => {
  it.each(['', 'two words', 'a'.repeat(33), 'Dev*'])('the name %j', (name) =>
    expect(() => People.identityCenter(name)).toThrow(
      /The permission set is .*; allowed: the name of a permission set of IAM Identity Center, 1 to 32/,
    ),
  );
});

describe('a role of a pipeline that signs in with OpenID Connect', () => {
  const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
  const KEY = 'token.actions.githubusercontent.com';
  const pipeline = (stack: Stack, conditions: Record<string, unknown>) =>
    new iam.Role(stack, 'Pipeline', { assumedBy: new iam.WebIdentityPrincipal(PROVIDER, conditions) });
  const ONE_BRANCH = { StringEquals: { [`${KEY}:sub`]: 'repo:example/shop:ref:refs/heads/main' } };
  const ANY_BRANCH = { StringLike: { [`${KEY}:sub`]: 'repo:example/*' } };

  it('may submit tasks, as one requester', () => {
    const { stack, task } = stackWith();
    task.grantSubmit(pipeline(stack, ONE_BRANCH));
    const { people } = taskTypeConfig.parse(JSON.parse(parameter(resourcesOf(stack), 'Reader')));
    expect(people.submit).toEqual([{ roleArn: expect.stringMatching(/^<Pipeline/), personal: false }]);
  });

  it.each([
    ['one subject', ONE_BRANCH],
    ['a wildcard for the subject', ANY_BRANCH],
  ])('is not personal with %s: a pipeline chooses the name of its session', (_what, conditions) => {
    const { stack, task } = stackWith();
    task.grantSubmit(pipeline(stack, conditions), { personal: true });
    expect(() => resourcesOf(stack)).toThrow(
      /A role is declared personal for task type reader, but the trust of Other\/Pipeline\/Resource lets its callers choose their session's name.*Fix the session name/,
    );
  });

  it('may not submit tasks that people approve: a person who starts it could approve their own request', () => {
    const { stack, task } = stackWith({
      approval: Approval.required({ quorum: 1, expiresAfter: Duration.hours(1) }),
    });
    task.grantDecide(People.identityCenter('Leads'));
    task.grantSubmit(pipeline(stack, ONE_BRANCH));
    expect(() => resourcesOf(stack)).toThrow(/needs approval, but a role that may submit is not personal/);
  });
});
