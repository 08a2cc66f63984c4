import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { DeclarationError } from '../../../core/shared/errors.ts';
import {
  BoundedTask,
  EvidenceArchive,
  JitSecret,
  Parameter,
  TaskBoundary,
  Tool,
} from '../../../lib/index.ts';
import { statementsOf } from '../statements.ts';
import { inlineWork, listOf, ofType, resourcesOf, stackWith, textOf, type Resources } from '../sample.ts';

const statements = (resources: Resources, role: string) =>
  ofType(resources, 'AWS::IAM::Policy')
    .filter(([id]) => id.startsWith(role))
    .flatMap(
      ([, policy]) =>
        (policy.Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] }).Statement,
    );

describe('a boundary with every option', () => {
  const { stack } = stackWith({ secrets: { password: JitSecret.generated() } }, (scope) => ({
    encryptionKey: new kms.Key(scope, 'Key'),
    permissionsBoundary: iam.ManagedPolicy.fromManagedPolicyArn(
      scope,
      'Org',
      'arn:aws:iam::111122223333:policy/org',
    ),
    vpc: ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a'],
      isolatedSubnetIds: ['subnet-0123456789abcdef0'],
      isolatedSubnetRouteTableIds: ['rtb-0123456789abcdef0'],
    }),
    vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
    logRetention: RetentionDays.ONE_WEEK,
    removalPolicy: RemovalPolicy.DESTROY,
    reservedConcurrency: 5,
  }));
  const resources = resourcesOf(stack);
  const ours = (type: string) => ofType(resources, type).filter(([id]) => /^(Boundary|Reader)/.test(id));

  it('puts the organization’s permissions boundary on every role except the task role', () => {
    for (const [id, role] of ours('AWS::IAM::Role')) {
      const boundary = textOf(role.Properties['PermissionsBoundary']);
      expect([id, boundary]).toEqual([
        id,
        id.startsWith('ReaderTask')
          ? expect.stringMatching(/^<ReaderTaskCeiling/)
          : 'arn:aws:iam::111122223333:policy/org',
      ]);
    }
  });

  it('encrypts tables and logs with the customer’s key, and passes the key to the issuing functions', () => {
    const key = expect.stringMatching(/^<Key\w+\.Arn>$/);
    for (const [, table] of ours('AWS::DynamoDB::Table')) {
      const { KMSMasterKeyId } = table.Properties['SSESpecification'] as { KMSMasterKeyId: unknown };
      expect(textOf(KMSMasterKeyId)).toEqual(key);
    }
    for (const [, group] of ours('AWS::Logs::LogGroup'))
      expect(textOf(group.Properties['KmsKeyId'])).toEqual(key);
    const told = ours('AWS::Lambda::Function').filter(
      ([, fn]) =>
        'SECRETS_KEY_ARN' in
        ((fn.Properties['Environment'] as { Variables?: object } | undefined)?.Variables ?? {}),
    );
    expect(told.map(([id]) => id.slice(0, 'BoundaryControlIssue'.length))).toEqual([
      'BoundaryControlIssue',
      'BoundaryControlIssue',
    ]);
  });

  it('encrypts the alarm topic, and lets CloudWatch use the key for alarms of this stack', () => {
    const [topic] = ours('AWS::SNS::Topic');
    expect(textOf(topic?.[1].Properties['KmsMasterKeyId'])).toMatch(/^<Key\w+\.Arn>$/);
    const [key] = ofType(resources, 'AWS::KMS::Key');
    const [use] = statementsOf('Key', key?.[1].Properties['KeyPolicy']).filter(
      ({ statement }) => statement['Sid'] === 'EncryptAlarmsOfThisStack',
    );
    expect(use?.statement).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    const { ArnLike } = use?.statement['Condition'] as { ArnLike: Record<string, unknown[]> };
    expect(listOf(ArnLike['aws:SourceArn']).map(textOf)).toEqual([expect.stringMatching(/:alarm:Other-\*$/)]);
  });

  it('allows the key only through the services that use it', () => {
    const keyed = Object.keys(resources)
      .filter((id) => id.includes('RoleDefaultPolicy'))
      .flatMap((id) => statements(resources, id))
      .filter((statement) => listOf(statement['Action']).some((action) => String(action).startsWith('kms:')));
    expect(keyed.length).toBeGreaterThan(7);
    // The key that signs evidence belongs to the boundary and does not encrypt.
    for (const statement of keyed.filter(({ Action }) => !/kms:(Sign|GetPublicKey)/.test(String(Action))))
      expect(JSON.stringify(statement['Condition'])).toMatch(
        /kms:ViaService.*(dynamodb|secretsmanager|sqs)\./,
      );
  });

  it('adds the key to the session policy as a tool, so that plan and digest include it', () => {
    const parameter = ofType(resources, 'AWS::SSM::Parameter').find(([id]) => id.startsWith('Reader'));
    const config = JSON.parse(textOf(parameter?.[1].Properties['Value'])) as {
      tools: { name: string; actions: string[] }[];
    };
    expect(config.tools.at(-1)).toMatchObject({ name: 'decryptSecrets', actions: ['kms:Decrypt'] });
  });

  it('runs the functions in the VPC and lets them create network interfaces', () => {
    for (const [, fn] of ours('AWS::Lambda::Function')) expect(fn.Properties['VpcConfig']).toBeDefined();
    const [found] = statements(resources, 'BoundaryControlAdmitRole').filter(
      (statement) => statement['Sid'] === 'UseNetworkInterfaces',
    );
    expect(found?.['Action']).toContain('ec2:CreateNetworkInterface');
    expect(
      ofType(resources, 'AWS::IAM::Role').flatMap(([, role]) => listOf(role.Properties['ManagedPolicyArns'])),
    ).toHaveLength(1);
  });

  it('sets retention, removal policy and concurrency', () => {
    for (const [, group] of ours('AWS::Logs::LogGroup'))
      expect(group).toMatchObject({ DeletionPolicy: 'Delete', Properties: { RetentionInDays: 7 } });
    for (const [, table] of ours('AWS::DynamoDB::Table'))
      expect(table).toMatchObject({
        DeletionPolicy: 'Delete',
        Properties: { DeletionProtectionEnabled: false },
      });
    const reserved = ours('AWS::Lambda::Function').filter(
      ([, fn]) => fn.Properties['ReservedConcurrentExecutions'] === 5,
    );
    expect(reserved).toHaveLength(11);
  });
});

describe('a stack refuses', () => {
  it('a second boundary', () => {
    const { stack } = stackWith();
    expect(() => new TaskBoundary(stack, 'Second')).toThrow(/second TaskBoundary/);
  });

  it('a type declared twice', () => {
    const { stack, boundary } = stackWith();
    const tools = { read: Tool.allow('s3:GetObject').on('arn:aws:s3:::bucket/fixed') };
    expect(
      () => new BoundedTask(stack, 'Again', { boundary, type: 'reader', tools, work: inlineWork() }),
    ).toThrow(/declared twice/);
  });

  it('a submitter that is not a role', () => {
    const { task } = stackWith();
    expect(() => task.grantSubmit(new iam.AccountRootPrincipal())).toThrow(DeclarationError);
  });

  it('work with a timeout that is longer than its lease', () => {
    expect(() =>
      stackWith({ work: inlineWork({ timeout: Duration.minutes(15) }), lease: Duration.minutes(10) }),
    ).toThrow(/900 s \(work function\)/);
  });

  it('tools that do not fit into a session policy', () => {
    const long = Tool.allow('s3:GetObject').on(
      ...Array.from(
        { length: 30 },
        (_unused, index) => `arn:aws:s3:::bucket/${String(index).padStart(60, 'x')}`,
      ),
    );
    expect(() => stackWith({ tools: { long } })).toThrow(
      /session policy of at least \d+ characters; AWS takes at most 2048/,
    );
  });

  it('a ceiling that does not fit into a managed policy', () => {
    const long = Tool.allow('s3:GetObject').on(
      ...Array.from(
        { length: 60 },
        (_unused, index) => `arn:aws:s3:::bucket/${String(index).padStart(60, 'x')}`,
      ),
    );
    expect(() => stackWith({ tools: { long } })).toThrow(
      /ceiling of task type reader has at least \d+ characters; AWS takes at most 6144/,
    );
  });
});

describe('a ceiling', () => {
  it('leaves parameters open, keeps fixed conditions and omits conditions with a parameter', () => {
    const read = Tool.allow('s3:GetObject')
      .on('arn:aws:s3:::bucket/{a}/{b}-{a}')
      .when('StringEquals', 's3:ExistingObjectTag/team', 'x')
      .when('StringEquals', 's3:ExistingObjectTag/owner', '{a}')
      .when('StringLike', 's3:prefix', '{b}');
    const { stack } = stackWith({
      parameters: { a: Parameter.token(), b: Parameter.token() },
      tools: { read },
    });
    const [ceiling] = ofType(resourcesOf(stack), 'AWS::IAM::ManagedPolicy');
    const [first] = (ceiling?.[1].Properties['PolicyDocument'] as { Statement: unknown[] }).Statement;
    expect(first).toEqual({
      Sid: 'read',
      Effect: 'Allow',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::bucket/*/*-*',
      Condition: { StringEquals: { 's3:ExistingObjectTag/team': ['x'] } },
    });
  });
});

describe('a grant', () => {
  it('to read contains no Scan and no write action', () => {
    const { stack, boundary } = stackWith();
    const auditor = new iam.Role(stack, 'Auditor', { assumedBy: new iam.AccountRootPrincipal() });
    boundary.grantRead(auditor);
    const actions = statements(resourcesOf(stack), 'Auditor').flatMap((statement) =>
      listOf(statement['Action']),
    );
    expect(actions).toEqual([
      'ssm:GetParameter',
      'dynamodb:GetItem',
      ...Array.from({ length: 4 }, () => 'dynamodb:Query'),
      'kms:GetPublicKey',
      'ssm:GetParameter',
      'states:DescribeExecution',
      'states:GetExecutionHistory',
    ]);
  });

  it('to drain contains no Scan, and the customer’s key only through DynamoDB', () => {
    const { stack, boundary } = stackWith({}, (scope) => ({ encryptionKey: new kms.Key(scope, 'Key') }));
    boundary.grantDrain(new iam.Role(stack, 'Operator', { assumedBy: new iam.AccountRootPrincipal() }));
    const found = statements(resourcesOf(stack), 'Operator');
    const actions = found.flatMap((statement) => listOf(statement['Action']).map(String));
    expect(actions.filter((action) => !action.startsWith('kms:'))).toEqual([
      'ssm:GetParameter',
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:DeleteItem',
      'dynamodb:Query',
      'states:StopExecution',
    ]);
    const keyed = found.filter((statement) => String(listOf(statement['Action'])[0]).startsWith('kms:'));
    expect(JSON.stringify(keyed)).toMatch(/kms:ViaService.*dynamodb\./);
  });
});

describe('an archive', () => {
  it('may be an existing bucket, whose key is used only through S3', () => {
    const { stack } = stackWith({}, (scope) => {
      const standing = s3.Bucket.fromBucketAttributes(scope, 'Standing', {
        bucketArn: 'arn:aws:s3:::standing',
        encryptionKey: new kms.Key(scope, 'ArchiveKey'),
      });
      return { archive: EvidenceArchive.fromBucket(standing) };
    });
    const found = statements(resourcesOf(stack), 'BoundaryControlCloseBoundary');
    const named = (sid: string) => found.find((statement) => statement['Sid'] === sid);
    expect(named('ArchiveEvidence')).toMatchObject({
      Action: 's3:PutObject',
      Resource: 'arn:aws:s3:::standing/Other/*.evidence.json',
    });
    expect(named('UseKeyOfArchive')?.['Action']).toEqual(['kms:GenerateDataKey', 'kms:Decrypt']);
    expect(JSON.stringify(named('UseKeyOfArchive')?.['Condition'])).toMatch(/kms:ViaService.*s3\./);
  });
});

describe('an app', () => {
  it('may contain several stacks with a boundary each', () => {
    const app = new App();
    expect(() => [
      new TaskBoundary(new Stack(app, 'A'), 'Boundary'),
      new TaskBoundary(new Stack(app, 'B'), 'Boundary'),
    ]).not.toThrow();
  });
});
