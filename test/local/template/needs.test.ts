import { describe, expect, it } from 'vitest';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { EmbeddedAws, type LoadedStack } from 'taskbound-local/embedded-aws';
import type { Needs } from 'taskbound-local/template/resolve';
import { writeApp } from './support.ts';

const att = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
const statement = (Action: string, Resource: unknown, more: object = {}) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action, Resource, ...more }],
});
const trust = (service: string) => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
});
const role = {
  Type: 'AWS::IAM::Role',
  Properties: { AssumeRolePolicyDocument: trust('lambda.amazonaws.com') },
};
const bucket = { Type: 'AWS::S3::Bucket', Properties: {} };
const vpc = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } };
const subnet = { Type: 'AWS::EC2::Subnet', Properties: { VpcId: { Ref: 'Vpc' } } };
/** A needed parameter, whose value refers to what a task uses. */
const typeOf = (...values: unknown[]) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name: '/taskbound/S/types/refund', Type: 'String', Value: { 'Fn::Join': [' ', values] } },
});
const needs: Needs = ({ Properties }) => String(Properties['Name']).startsWith('/taskbound/');

async function load(
  resources: object,
  more: object = {},
): Promise<LoadedStack & { readonly aws: EmbeddedAws }> {
  const aws = await EmbeddedAws.start({ clock: new VirtualClock({ startMs: 0 }) });
  const dir = writeApp({ S: { template: { Resources: resources, ...more } } });
  return { ...(await aws.loadAssembly(dir, { needs })), aws };
}

const typesSkipped = ({ skipped }: LoadedStack): readonly string[] => skipped.map(({ type }) => type).sort();

describe('what no task type needs', () => {
  it('is skipped if its type is not supported, with the reason', async () => {
    const stack = await load({ Type: typeOf(att('Data')), Data: bucket, Vpc: vpc });
    expect(stack.skipped).toEqual([
      {
        stackName: 'S',
        logicalId: 'Vpc',
        type: 'AWS::EC2::VPC',
        because: expect.stringMatching(
          /^The resource Vpc is of type AWS::EC2::VPC, which .* does not support/,
        ),
      },
    ]);
    expect([...stack.resources.keys()]).toEqual(['Data', 'Type']);
  });

  it.each<[string, object, readonly string[]]>([
    [
      'with a property that is not supported',
      { Mine: { ...bucket, Properties: { AbacStatus: 'Enabled' } } },
      ['AWS::S3::Bucket'],
    ],
    [
      'that refers to a skipped one, also through others',
      {
        Vpc: vpc,
        Mine: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { Ref: 'Vpc' } } },
        Next: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: { Ref: 'Mine' } } },
      },
      ['AWS::EC2::VPC', 'AWS::SSM::Parameter', 'AWS::SSM::Parameter'],
    ],
    [
      'that its service refuses, with what belongs to it',
      {
        Fn: {
          Type: 'AWS::Lambda::Function',
          Properties: {
            Code: { ZipFile: 'x' },
            Handler: 'index.handler',
            Runtime: 'python3.13',
            Role: att('FnRole'),
          },
        },
        FnRole: role,
        Url: { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: att('Fn'), AuthType: 'AWS_IAM' } },
      },
      ['AWS::Lambda::Function', 'AWS::Lambda::Url'],
    ],
    [
      'attached to a role outside the app',
      {
        Extra: {
          Type: 'AWS::IAM::Policy',
          Properties: { PolicyName: 'x', PolicyDocument: statement('s3:*', '*'), Roles: ['Elsewhere'] },
        },
      },
      ['AWS::IAM::Policy'],
    ],
    [
      'whose function is not supported',
      { Mine: { ...bucket, Properties: { BucketName: { 'Fn::Cidr': [] } } } },
      ['AWS::S3::Bucket'],
    ],
    ['in a condition that is not supported', { Mine: { ...bucket, Condition: 'Odd' } }, ['AWS::S3::Bucket']],
  ])('is skipped: one %s', async (_what, resources, expected) => {
    const odd = { Conditions: { Odd: { 'Fn::Equals': [{ 'Fn::GetAZs': '' }, 'a'] } } };
    const stack = await load({ Type: typeOf(att('Data')), Data: bucket, ...resources }, odd);
    expect(typesSkipped(stack)).toEqual(expected);
  });

  it('is loaded if it can be', async () => {
    const { resources, skipped } = await load({ Type: typeOf('x'), Data: bucket });
    expect([...resources.keys()].sort()).toEqual(['Data', 'Type']);
    expect(skipped).toEqual([]);
  });

  it('has no outputs', async () => {
    const Outputs = { VpcId: { Value: { Ref: 'Vpc' } }, Name: { Value: { Ref: 'Data' } } };
    const { outputs } = await load({ Type: typeOf('x'), Data: bucket, Vpc: vpc }, { Outputs });
    expect(outputs).toEqual({ Name: 's-data' });
  });

  it('is a dependency in order only', async () => {
    const stack = await load({
      Type: typeOf(att('Data')),
      Data: { ...bucket, DependsOn: ['Vpc', 'Other'] },
      Vpc: vpc,
      Other: bucket,
    });
    expect([...stack.resources.keys()]).toEqual(['Other', 'Data', 'Type']);
    expect(typesSkipped(stack)).toEqual(['AWS::EC2::VPC']);
  });

  it('may be in a property without effect, such as the network of a function', async () => {
    const work = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: { ZipFile: 'x' },
        Handler: 'index.handler',
        Role: att('WorkRole'),
        Runtime: 'nodejs24.x',
        VpcConfig: { SubnetIds: [{ Ref: 'Subnet' }], SecurityGroupIds: [att('Group', 'GroupId')] },
      },
    };
    const resources = { Type: typeOf(att('Work')), Work: work, WorkRole: role, Vpc: vpc, Subnet: subnet };
    // Only the code is refused here.
    await expect(load(resources)).rejects.toThrow(/Work \(AWS::Lambda::Function\).*property Code/);
  });
});

describe('what a task type needs', () => {
  const cases: readonly [string, object, RegExp][] = [
    [
      'a type that is not supported',
      { Type: typeOf({ Ref: 'Queue' }), Queue: { Type: 'AWS::Kinesis::Stream' } },
      /^The resource Queue is of type AWS::Kinesis::Stream, which .* It is needed by \/taskbound\/S\/types\/refund\.$/,
    ],
    [
      'a type that is not supported, through others',
      {
        Type: typeOf(att('Work')),
        Work: {
          Type: 'AWS::Lambda::Function',
          Properties: { Environment: { Variables: { STREAM: { Ref: 'Stream' } } } },
          Metadata: { 'aws:cdk:path': 'S/Refund/Work/Resource' },
        },
        Stream: { Type: 'AWS::Kinesis::Stream' },
      },
      /Stream is of type AWS::Kinesis::Stream.* It is needed by S\/Refund\/Work\/Resource, which is needed by \/taskbound\/S\/types\/refund\.$/,
    ],
    [
      'a property that is not supported',
      { Type: typeOf(att('Data')), Data: { ...bucket, Properties: { AbacStatus: 'Enabled' } } },
      /Data \(AWS::S3::Bucket\) has the property AbacStatus.* It is needed by \/taskbound\/S\/types\/refund\.$/,
    ],
    [
      'an attribute that is not supported',
      { Type: typeOf(att('Data', 'WebsiteURL')), Data: bucket },
      /attribute WebsiteURL of Data \(AWS::S3::Bucket\).* It is needed by \/taskbound\/S\/types\/refund\.$/,
    ],
    [
      'a policy of a bucket that is not supported',
      {
        Type: typeOf(att('Data')),
        Data: bucket,
        Policy: {
          Type: 'AWS::S3::BucketPolicy',
          Properties: {
            Bucket: { Ref: 'Data' },
            PolicyDocument: statement('s3:GetObject', '*', { Principal: { Federated: 'x' } }),
          },
        },
      },
      /Policy \(AWS::S3::BucketPolicy\) cannot be loaded: .* It changes s-data, which is needed\.$/,
    ],
    [
      'an inline policy of a role, in a type that is not supported',
      {
        Type: typeOf(att('Mine')),
        Mine: role,
        More: { Type: 'AWS::IAM::RolePolicy', Properties: { RoleName: { Ref: 'Mine' }, PolicyName: 'x' } },
      },
      /More is of type AWS::IAM::RolePolicy.* It changes S-Mine, which is needed\.$/,
    ],
    [
      'an access point of a bucket',
      {
        Type: typeOf(att('Data')),
        Data: { ...bucket, Properties: { BucketName: 'by-name' } },
        Point: { Type: 'AWS::S3::AccessPoint', Properties: { Bucket: 'by-name' } },
      },
      /Point is of type AWS::S3::AccessPoint/,
    ],
    [
      'a policy of a table',
      {
        Type: typeOf(att('Table')),
        Table: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: {
            KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
            AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
            Replicas: [{ Region: 'eu-central-1', ResourcePolicy: { PolicyDocument: {} } }],
          },
        },
      },
      /its property Replicas\.0\.ResourcePolicy is not supported: the embedded AWS has no resource policies of tables\. It is needed by \/taskbound\/S\/types\/refund\.$/,
    ],
    [
      'the value of a secret',
      { Type: typeOf('{{resolve:secretsmanager:db:SecretString:password}}') },
      /uses \{\{resolve:secretsmanager:db:SecretString:password\}\}; of dynamic references, the embedded AWS supports only ssm/,
    ],
    [
      'a parameter of nobody',
      { Type: typeOf('{{resolve:ssm:/shop/limit}}') },
      /has the SSM parameter \/shop\/limit/,
    ],
    [
      'itself',
      { Type: typeOf(att('A')), A: { ...bucket, Properties: { BucketName: att('A') } } },
      /Type -> A -> A need each other/,
    ],
  ];
  it.each(cases)('is refused by name: %s', async (_what, resources, message) => {
    await expect(load(resources)).rejects.toThrow(
      expect.objectContaining({
        name: expect.stringMatching(/TemplateRefused|CircularReference/),
        message: expect.stringMatching(message),
      }),
    );
  });

  it('includes what changes it, by reference, name or ARN, and nothing of others', async () => {
    const policyOf = (Bucket: unknown) => ({
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket, PolicyDocument: statement('s3:GetObject', '*', { Principal: '*' }) },
    });
    const { resources } = await load({
      Ours: policyOf('by-name'),
      Type: typeOf({ Ref: 'Data' }),
      Data: { ...bucket, Properties: { BucketName: 'by-name' } },
      Other: bucket,
      Others: policyOf({ Ref: 'Other' }),
    });
    const needed = [...resources.values()].filter((one) => one.needed).map(({ logicalId }) => logicalId);
    expect(needed).toEqual(['Data', 'Type', 'Ours']);
    expect([...resources.keys()].sort()).toEqual(['Data', 'Other', 'Others', 'Ours', 'Type']);
  });

  it('can be in mappings and in SSM parameters', async () => {
    const parameter = (Name: string, Value: unknown) => ({
      Type: 'AWS::SSM::Parameter',
      Properties: { Name, Type: 'String', Value },
    });
    const { resources } = await load(
      {
        Type: typeOf(
          { 'Fn::FindInMap': ['Runtimes', { Ref: 'AWS::Region' }, 'value'] },
          { Ref: 'Limit' },
          'and {{resolve:ssm:/shop/limit:3}}',
        ),
        Limits: parameter('/shop/limit', { Ref: 'Data' }),
        Data: bucket,
      },
      {
        Mappings: { Runtimes: { 'eu-central-1': { value: 'nodejs24.x' } } },
        Parameters: { Limit: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/shop/limit' } },
      },
    );
    expect(resources.get('Type')?.properties['Value']).toBe('nodejs24.x s-data and s-data');
  });
});

describe('without saying what is needed, everything is', () => {
  it('refuses a resource that is not supported', async () => {
    const aws = await EmbeddedAws.start({ clock: new VirtualClock({ startMs: 0 }) });
    const dir = writeApp({ S: { template: { Resources: { Data: bucket, Vpc: vpc } } } });
    await expect(aws.loadAssembly(dir)).rejects.toThrow(/Vpc is of type AWS::EC2::VPC/);
  });
});
