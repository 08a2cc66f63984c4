import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LAMBDA_TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};
const STATES_TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

const att = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });
const policy = (Action: string, Resource: unknown) => ({
  Version: '2012-10-17',
  Statement: [{ Sid: 'Only', Effect: 'Allow', Action, Resource }],
});

/**
 * A small stack with most types in it: a function behind a URL that reads a parameter, and a machine that
 * invokes its version.
 */
export function smallTemplate() {
  return structuredClone({
    Parameters: {
      BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' },
    },
    Conditions: { IsChina: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'cn-north-1'] } },
    Resources: {
      Machine: {
        Type: 'AWS::StepFunctions::StateMachine',
        DependsOn: ['MachinePolicy'],
        Properties: {
          RoleArn: att('MachineRole'),
          DefinitionString: {
            'Fn::Join': [
              '',
              [
                '{"QueryLanguage":"JSONata","StartAt":"Work","States":{"Work":{"Type":"Task","Resource":"arn:',
                { Ref: 'AWS::Partition' },
                ':states:::lambda:invoke","Arguments":{"FunctionName":"',
                { Ref: 'Version' },
                '","Payload":{"from":"machine"}},"Output":"{% $states.result.Payload %}","End":true}}}',
              ],
            ],
          },
        },
      },
      MachineRole: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: STATES_TRUST } },
      MachinePolicy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'invoke',
          PolicyDocument: policy('lambda:InvokeFunction', { 'Fn::Sub': '${Fn.Arn}:*' }),
          Roles: [{ Ref: 'MachineRole' }],
        },
      },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
      Url: { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: att('Fn'), AuthType: 'AWS_IAM' } },
      Fn: {
        Type: 'AWS::Lambda::Function',
        DependsOn: ['FnPolicy', 'FnRole'],
        Properties: {
          Code: {
            S3Bucket: { 'Fn::Sub': 'cdk-assets-${AWS::AccountId}-${AWS::Region}' },
            S3Key: 'cafe01.zip',
          },
          Handler: 'index.handler',
          Runtime: 'nodejs24.x',
          Role: att('FnRole'),
          Environment: { Variables: { PARAMETER: { Ref: 'Setting' } } },
        },
      },
      FnRole: {
        Type: 'AWS::IAM::Role',
        Properties: { AssumeRolePolicyDocument: LAMBDA_TRUST, PermissionsBoundary: { Ref: 'Boundary' } },
      },
      FnPolicy: {
        Type: 'AWS::IAM::Policy',
        Properties: {
          PolicyName: 'read',
          PolicyDocument: policy('ssm:GetParameter', {
            'Fn::Sub': 'arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/${Setting}',
          }),
          Roles: [{ Ref: 'FnRole' }],
        },
      },
      Boundary: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: policy('ssm:*', '*') } },
      Setting: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Value: { 'Fn::Select': [1, { 'Fn::Split': [',', 'a,b'] }] } },
      },
      Data: { Type: 'AWS::S3::Bucket', Properties: {} },
      Log: { Type: 'AWS::Logs::LogGroup', Properties: { RetentionInDays: 30 } },
      Key: {
        Type: 'AWS::KMS::Key',
        Properties: {
          KeyPolicy: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: { 'Fn::Sub': 'arn:aws:iam::${AWS::AccountId}:root' } },
                Action: 'kms:*',
                Resource: '*',
              },
            ],
          },
        },
      },
      OnlyInChina: { Type: 'AWS::Redshift::Cluster', Condition: 'IsChina', Properties: {} },
      CDKMetadata: { Type: 'AWS::CDK::Metadata', Properties: {} },
    } as Record<
      string,
      { Type: string; Properties: Record<string, unknown>; Condition?: string; DependsOn?: string[] }
    >,
    Outputs: {
      SubmitUrl: {
        Value: att('Url', 'FunctionUrl'),
        Export: { Name: { 'Fn::Sub': '${AWS::StackName}-url' } },
      },
      MachineArn: { Value: { Ref: 'Machine' } },
      BucketName: { Value: { 'Fn::If': ['IsChina', 'none', { Ref: 'Data' }] } },
    },
  });
}

/** A code asset that returns its event's `from` and the parameter from its environment. */
export function writeAsset(): string {
  const dir = mkdtempSync(join(tmpdir(), 'asset-'));
  writeFileSync(
    join(dir, 'index.js'),
    'exports.handler = async (event) => ({ from: event.from ?? "url", parameter: process.env.PARAMETER });\n',
  );
  return dir;
}

/** A cloud assembly with the template, as `cdk synth` writes it. */
export function writeAssembly(template: object, stacks: readonly string[] = ['Small']): string {
  const dir = mkdtempSync(join(tmpdir(), 'assembly-'));
  mkdirSync(join(dir, 'asset.cafe01'));
  writeFileSync(
    join(dir, 'asset.cafe01', 'index.js'),
    'exports.handler = async () => "from the assembly";\n',
  );
  const artifacts: Record<string, object> = {};
  for (const name of stacks) {
    artifacts[name] = {
      type: 'aws:cloudformation:stack',
      properties: { templateFile: `${name}.template.json` },
    };
    artifacts[`${name}.assets`] = { type: 'cdk:asset-manifest', properties: { file: `${name}.assets.json` } };
    writeFileSync(join(dir, `${name}.template.json`), JSON.stringify(template));
    writeFileSync(
      join(dir, `${name}.assets.json`),
      JSON.stringify({
        version: '1',
        files: { cafe01: { source: { path: 'asset.cafe01', packaging: 'zip' } } },
      }),
    );
  }
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ version: '55', artifacts }));
  return dir;
}

interface StackOfApp {
  readonly template: object;
  readonly dependencies?: readonly string[];
  /** `aws://123456789012/us-east-1` */
  readonly environment?: string;
  readonly displayName?: string;
  /** The name in CloudFormation, if it is not the id. */
  readonly stackName?: string;
}

/** A cloud assembly with several stacks, by id, in an existing folder or a new one. */
export function writeApp(
  stacks: Readonly<Record<string, StackOfApp>>,
  dir = mkdtempSync(join(tmpdir(), 'assembly-')),
  more: Record<string, object> = {},
): string {
  mkdirSync(dir, { recursive: true });
  const artifacts: Record<string, object> = { ...more };
  for (const [id, { template, dependencies = [], environment, displayName, stackName }] of Object.entries(
    stacks,
  )) {
    writeFileSync(join(dir, `${id}.template.json`), JSON.stringify(template));
    artifacts[id] = {
      type: 'aws:cloudformation:stack',
      environment,
      displayName,
      dependencies: [...dependencies, `${id}.assets`],
      properties: { templateFile: `${id}.template.json`, ...(stackName !== undefined && { stackName }) },
    };
  }
  writeFileSync(join(dir, 'manifest.json'), JSON.stringify({ version: '55', artifacts }));
  return dir;
}
