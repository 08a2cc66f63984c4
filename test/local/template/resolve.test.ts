import { describe, expect, it } from 'vitest';
import { resolveTemplate } from 'taskbound-local/template/resolve';
import { parseTemplate } from 'taskbound-local/template/template';
import { smallTemplate } from './support.ts';

const resolve = (template: object, stackName = 'Small') =>
  resolveTemplate(parseTemplate(template), { stackName });
const arn = (service: string, rest: string) => `arn:aws:${service}:eu-central-1:111122223333:${rest}`;

describe('resolveTemplate', () => {
  it('orders resources by their dependencies', () => {
    const order = resolve(smallTemplate()).resources.map(({ logicalId }) => logicalId);
    for (const [before, after] of [
      ['FnRole', 'Fn'],
      ['FnPolicy', 'Fn'],
      ['Setting', 'FnPolicy'],
      ['Boundary', 'FnRole'],
      ['Fn', 'Version'],
      ['Version', 'Machine'],
      ['MachinePolicy', 'Machine'],
    ]) {
      expect(order.indexOf(before ?? '')).toBeLessThan(order.indexOf(after ?? ''));
    }
    expect(order).not.toContain('CDKMetadata');
    expect(order).not.toContain('OnlyInChina');
  });

  it('resolves every name, ARN and value', () => {
    const { resources, outputs } = resolve(smallTemplate());
    const byId = new Map(resources.map((resource) => [resource.logicalId, resource]));
    expect(byId.get('Setting')).toMatchObject({ physicalId: 'Small-Setting', properties: { Value: 'b' } });
    expect(byId.get('Version')?.arn).toBe(arn('lambda', 'function:Small-Fn:1'));
    expect(byId.get('Fn')?.properties).toMatchObject({
      Environment: { Variables: { PARAMETER: 'Small-Setting' } },
      Role: 'arn:aws:iam::111122223333:role/Small-FnRole',
    });
    expect(byId.get('FnPolicy')?.properties['PolicyDocument']).toMatchObject({
      Statement: [{ Resource: arn('ssm', 'parameter/Small-Setting') }],
    });
    expect(Object.fromEntries(outputs.map(({ key, value }) => [key, value]))).toEqual({
      SubmitUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:4566\/lambda-url\/[0-9a-f]{32}\/$/),
      MachineArn: arn('states', 'stateMachine:Small-Machine'),
      BucketName: 'small-data',
    });
    expect(outputs[0]?.exportName).toBe('Small-url');
  });

  it('shortens long names with a hash, so that they stay distinct', () => {
    const template = {
      Resources: Object.fromEntries(
        ['A', 'B'].map((end) => [
          `${'x'.repeat(70)}${end}`,
          { Type: 'AWS::Lambda::Function', Properties: {} },
        ]),
      ),
    };
    const names = resolve(template).resources.map(({ physicalId }) => physicalId);
    expect(names.map((name) => name.length)).toEqual([64, 64]);
    expect(new Set(names).size).toBe(2);
  });

  const output = (Value: unknown, more: object = {}) => ({
    Resources: {},
    Outputs: { Out: { Value } },
    ...more,
  });
  it.each<[string, unknown, string]>([
    [
      'Fn::Sub with variables',
      { 'Fn::Sub': ['${a}-${AWS::Region}-${!literal}', { a: { Ref: 'AWS::StackName' } }] },
      'S-eu-central-1-${literal}',
    ],
    [
      'Fn::Join of nested functions',
      { 'Fn::Join': ['/', ['a', { 'Fn::Select': ['0', ['b', 'c']] }]] },
      'a/b',
    ],
    ['Fn::If with Fn::Not, Fn::And, Fn::Or', { 'Fn::If': ['Both', 'yes', 'no'] }, 'yes'],
    ["a parameter's default", { Ref: 'P' }, 'given'],
  ])('evaluates %s', (_what, value, expected) => {
    const yes = { 'Fn::Equals': ['a', 'a'] };
    const Conditions = {
      Both: {
        'Fn::And': [{ 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }, { 'Fn::Or': [{ Condition: 'Yes' }, yes] }],
      },
      Yes: yes,
    };
    const template = output(value, { Conditions, Parameters: { P: { Type: 'String', Default: 'given' } } });
    expect(resolve(template, 'S').outputs[0]?.value).toBe(expected);
  });

  it('removes AWS::NoValue', () => {
    const template = {
      Resources: {
        P: {
          Type: 'AWS::SSM::Parameter',
          Properties: { Type: 'String', Value: 'v', Description: { Ref: 'AWS::NoValue' } },
        },
      },
    };
    expect(resolve(template).resources[0]?.properties).toEqual({ Type: 'String', Value: 'v' });
  });

  it.each<[string, object, RegExp]>([
    [
      'a type that is not supported',
      { Resources: { Cluster: { Type: 'AWS::Redshift::Cluster' } } },
      /Cluster is of type AWS::Redshift::Cluster, which the embedded AWS does not support/,
    ],
    [
      'an alias of a function',
      { Resources: { Live: { Type: 'AWS::Lambda::Alias' } } },
      /Live is of type AWS::Lambda::Alias/,
    ],
    [
      'a custom resource',
      { Resources: { Clean: { Type: 'Custom::S3AutoDeleteObjects' } } },
      /Clean is of type Custom::S3AutoDeleteObjects/,
    ],
    [
      'a property that is not supported',
      { Resources: { Data: { Type: 'AWS::S3::Bucket', Properties: { AbacStatus: 'Enabled' } } } },
      /Data \(AWS::S3::Bucket\) has the property AbacStatus/,
    ],
    [
      'an attribute that is not supported',
      {
        ...output({ 'Fn::GetAtt': ['Data', 'WebsiteURL'] }),
        Resources: { Data: { Type: 'AWS::S3::Bucket' } },
      },
      /attribute WebsiteURL of Data/,
    ],
    ['a function that is not supported', output({ 'Fn::GetAZs': '' }), /Outputs\.Out uses Fn::GetAZs/],
    [
      'the export of no stack',
      output({ 'Fn::ImportValue': 'x' }),
      /No stack of the assembly has the export x/,
    ],
    ['a reference to nothing', output({ Ref: 'Nobody' }), /no resource or parameter Nobody/],
    [
      'a parameter without a default',
      output({ Ref: 'P' }, { Parameters: { P: { Type: 'String' } } }),
      /parameter P has no default/,
    ],
    [
      'resources that need each other',
      {
        Resources: {
          A: { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'B' } } },
          B: { Type: 'AWS::SSM::Parameter', Properties: { Value: { Ref: 'A' } } },
        },
      },
      /A -> B -> A need each other/,
    ],
    ['a value that is not a template', { resources: {} }, /not readable at Resources/],
  ])('refuses %s', (_what, template, message) => {
    expect(() => resolve(template)).toThrow(message);
  });
});
