import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { record } from '../state/recorded.ts';
import { readAssembly } from 'taskbound-local/template/assembly';
import { refusal, start } from '../support.ts';
import { smallTemplate, writeAssembly, writeAsset } from './support.ts';

async function load(template: object = smallTemplate()) {
  const { aws, clock } = await start();
  const dir = writeAsset();
  const stack = await aws.load(template, {
    stackName: 'Small',
    assetDir: (hash) => (hash === 'cafe01' ? dir : undefined),
  });
  return { aws, clock, stack };
}

async function execute({ aws, clock, stack }: Awaited<ReturnType<typeof load>>) {
  const states = new SFNClient(aws.clientConfig());
  const { executionArn } = await states.send(
    new StartExecutionCommand({ stateMachineArn: stack.outputs['MachineArn'], name: 'one' }),
  );
  for (;;) {
    const execution = await states.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') return execution;
    await clock.sleep(100);
  }
}

describe('a loaded stack', () => {
  it("runs: the machine invokes the function's version with its role", async () => {
    const loaded = await load();
    const { status, output } = await execute(loaded);
    expect({ status, output: JSON.parse(output ?? 'null') }).toEqual({
      status: 'SUCCEEDED',
      output: { from: 'machine', parameter: 'Small-Setting' },
    });
    const invoke = loaded.aws.trail.find(({ eventName }) => eventName === 'Invoke');
    expect(invoke?.userIdentity['arn']).toBe('arn:aws:sts::111122223333:assumed-role/Small-MachineRole/one');
    expect(loaded.aws.usage).toContainEqual({
      kind: 'identity',
      roleName: 'Small-MachineRole',
      policyName: 'invoke',
      statement: 'Only',
      action: 'lambda:InvokeFunction',
      resource: 'arn:aws:lambda:eu-central-1:111122223333:function:Small-Fn:1',
    });
  });

  it.each(['MachinePolicy', 'MachineRole', 'FnRole'])(
    'fails without the statement of %s',
    async (logicalId) => {
      const template = smallTemplate();
      const properties = template.Resources[logicalId]?.Properties ?? {};
      for (const document of [properties['PolicyDocument'], properties['AssumeRolePolicyDocument']])
        if (document !== undefined) Object.assign(document as object, { Statement: [] });
      const { status, error, cause } = await execute(await load(template));
      expect(status).toBe('FAILED');
      expect(`${error}: ${cause}`).toMatch(
        /not authorized to perform: (lambda:InvokeFunction|sts:AssumeRole)/,
      );
    },
  );

  it('shows its outputs through CloudFormation', async () => {
    const { aws, stack } = await load();
    const cloudformation = new CloudFormationClient({ ...aws.clientConfig(), maxAttempts: 1 });
    const { Stacks } = await cloudformation.send(new DescribeStacksCommand({ StackName: 'Small' }));
    expect(Stacks).toMatchObject([{ StackName: 'Small', StackStatus: 'CREATE_COMPLETE' }]);
    expect(Stacks?.[0]?.Outputs).toContainEqual({
      OutputKey: 'SubmitUrl',
      OutputValue: stack.outputs['SubmitUrl'],
      ExportName: 'Small-url',
    });
    expect(
      await refusal(cloudformation.send(new DescribeStacksCommand({ StackName: 'None' }))),
    ).toMatchObject({ name: 'ValidationError', message: 'Stack with id None does not exist' });
  });

  it("limits the function's role by its boundary, and contains the parameter", async () => {
    const { aws } = await load();
    const role = aws.iam.role('Small-FnRole');
    expect(role.boundaryArn).toBe('arn:aws:iam::111122223333:policy/Small-Boundary');
    const session = aws.assumeServiceRole(role.arn, 'lambda.amazonaws.com', 'fn');
    const ssm = new SSMClient({ ...aws.clientConfig(session), maxAttempts: 1 });
    await expect(ssm.send(new GetParameterCommand({ Name: 'Small-Setting' }))).resolves.toMatchObject({
      Parameter: { Value: 'b' },
    });
    expect(
      (
        await refusal(
          new LambdaClient(aws.clientConfig(session)).send(new InvokeCommand({ FunctionName: 'Small-Fn' })),
        )
      ).message,
    ).toContain('because no identity-based policy allows');
  });

  it('keeps the data of services across a restart', async () => {
    const first = await load();
    const saved = record(first.aws);
    await execute(first);
    first.aws.s3.put('small-data', 'a//b', Buffer.from('content'));
    first.aws.iam.putInline(
      'Small-FnRole',
      'deny',
      { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Action: '*', Resource: '*' }] },
      first.clock.nowMs(),
    );
    const second = await load();
    await second.aws.restore(await saved());
    expect(second.aws.s3.get('small-data', 'a//b')?.toString()).toBe('content');
    expect(second.aws.states.executions()).toHaveLength(1);
    expect(second.aws.iam.inlinePolicies('Small-FnRole', 0).map(({ name }) => name)).toEqual([
      'read',
      'deny',
    ]);
    const idOf = ({ aws }: typeof first) => aws.iam.role('Small-FnRole').id;
    expect(idOf(second)).toBe(idOf(first));
  });
});

describe('what cannot be loaded', () => {
  const change = (logicalId: string, properties: object) => {
    const template = smallTemplate();
    Object.assign(template.Resources[logicalId]?.Properties ?? {}, properties);
    return template;
  };
  it.each<[string, object, RegExp]>([
    [
      'code that is not an asset',
      change('Fn', { Code: { S3Bucket: 'b', S3Key: 'beef.zip' } }),
      /Fn \(AWS::Lambda::Function\) cannot be loaded: its code beef\.zip is not among the assembly's assets/,
    ],
    ['inline code', change('Fn', { Code: { ZipFile: 'x' } }), /Fn .*Code/],
    ['another runtime', change('Fn', { Runtime: 'python3.13' }), /only Node\.js runtimes are supported/],
    [
      'a URL of a function that isolates tenants',
      change('Fn', { TenancyConfig: { TenantIsolationMode: 'PER_TENANT' } }),
      /Url \(AWS::Lambda::Url\) cannot be loaded: its function isolates tenants/,
    ],
    [
      'an unknown isolation of tenants',
      change('Fn', { TenancyConfig: { TenantIsolationMode: 'SHARED' } }),
      /Fn .*TenantIsolationMode/,
    ],
    ['a URL open to everyone', change('Url', { AuthType: 'NONE' }), /only AWS_IAM/],
    ['an express machine', change('Machine', { StateMachineType: 'EXPRESS' }), /only STANDARD/],
    [
      'an unknown managed policy',
      change('FnRole', { ManagedPolicyArns: ['arn:aws:iam::aws:policy/AdministratorAccess'] }),
      /AdministratorAccess is neither in the template nor known/,
    ],
    [
      'a policy that IAM would refuse',
      change('FnPolicy', {
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Maybe', Action: '*', Resource: '*' }],
        },
      }),
      /FnPolicy \(AWS::IAM::Policy\) cannot be loaded/,
    ],
    [
      'a managed policy over 6,144 characters',
      change('Boundary', {
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${'x'.repeat(6_144)}` },
          ],
        },
      }),
      /characters; IAM allows 6144/,
    ],
    [
      'inline policies over 10,240 characters',
      change('FnPolicy', {
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Action: 's3:GetObject', Resource: `arn:aws:s3:::${'x'.repeat(10_240)}` },
          ],
        },
      }),
      /IAM allows 10240/,
    ],
  ])('%s', async (_what, template, message) => {
    await expect(load(template)).rejects.toThrow(message);
  });
});

describe('readAssembly', () => {
  it('finds the stack, its template and its code', async () => {
    const dir = writeAssembly(smallTemplate());
    const { aws } = await start();
    const stack = await aws.loadAssembly(dir);
    expect(stack.stackName).toBe('Small');
    const { Payload } = await new LambdaClient(aws.clientConfig()).send(
      new InvokeCommand({ FunctionName: 'Small-Fn' }),
    );
    expect(Payload?.transformToString()).toBe('"from the assembly"');
  });

  it('changes the template on request', async () => {
    const { aws } = await start();
    const transform = (template: { Outputs: object }) => ({ ...template, Outputs: {} }) as never;
    expect((await aws.loadAssembly(writeAssembly(smallTemplate()), { transform })).outputs).toEqual({});
  });

  it('needs a stack name when there are several stacks', async () => {
    const dir = writeAssembly(smallTemplate(), ['One', 'Two']);
    await expect(readAssembly(dir)).rejects.toThrow(
      'The assembly has the stacks One, Two; name one of them.',
    );
    await expect(readAssembly(dir, 'Three')).rejects.toThrow('no stack is named Three');
    expect((await readAssembly(dir, 'Two')).stackName).toBe('Two');
  });
});
