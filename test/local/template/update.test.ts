import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import {
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusal, start } from '../support.ts';
import { smallTemplate } from './support.ts';

type Small = ReturnType<typeof smallTemplate>;
const DENY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Deny' as const, Action: '*', Resource: '*' }],
};

function asset(answer: string): string {
  const dir = mkdtempSync(join(tmpdir(), 'asset-'));
  writeFileSync(join(dir, 'index.js'), `exports.handler = async () => ${JSON.stringify(answer)};`);
  return dir;
}
const ASSETS: Readonly<Record<string, string>> = { cafe01: asset('old code'), cafe02: asset('new code') };

/** A machine that waits before it invokes the version. */
function waiting(alter: (template: Small) => void = () => undefined): Small {
  const text = JSON.stringify(smallTemplate()).replace(
    '\\"StartAt\\":\\"Work\\",\\"States\\":{',
    '\\"StartAt\\":\\"Rest\\",\\"States\\":{\\"Rest\\":{\\"Type\\":\\"Wait\\",\\"Seconds\\":60,\\"Next\\":\\"Work\\"},',
  );
  const template = JSON.parse(text) as Small;
  Object.assign(template.Resources['Version'] ?? {}, { DeletionPolicy: 'Retain' });
  alter(template);
  return template;
}

/** Changes the code, and with it the version, like the CDK. */
function newCode(template: Small): void {
  const { Resources } = template;
  Object.assign(Resources['Fn']?.Properties['Code'] as object, { S3Key: 'cafe02.zip' });
  Resources['VersionTwo'] = { ...Resources['Version'] } as Small['Resources'][string];
  delete Resources['Version'];
  Object.assign(
    template,
    JSON.parse(JSON.stringify(template).replaceAll('"Ref":"Version"', '"Ref":"VersionTwo"')),
  );
}

async function deployed(template = waiting()) {
  const { aws, clock } = await start({ policyDelayMs: 0 });
  const deploy = (one: object) => aws.load(one, { stackName: 'Small', assetDir: (hash) => ASSETS[hash] });
  const stack = await deploy(template);
  const states = new SFNClient({ ...aws.clientConfig(), maxAttempts: 1 });
  const stateMachineArn = stack.outputs['MachineArn'] ?? '';
  const begin = async (name: string) => {
    const { executionArn = '' } = await states.send(new StartExecutionCommand({ stateMachineArn, name }));
    return executionArn;
  };
  const outcome = async (arn: string) => {
    await aws.states.execution(arn)?.ended;
    const { status, output, cause } = aws.states.execution(arn) ?? {};
    return output === undefined ? `${status}: ${cause}` : (JSON.parse(output) as unknown);
  };
  return { aws, clock, deploy, states, stateMachineArn, begin, outcome };
}

describe('loading a stack again', () => {
  it('lets running executions finish with the version they were started with', async () => {
    const { deploy, begin, outcome } = await deployed();
    const before = await begin('before');
    const second = await deploy(waiting(newCode));
    const after = await begin('after');
    expect(second.resources.get('VersionTwo')?.attributes['Version']).toBe('2');
    expect(await outcome(before)).toBe('old code');
    expect(await outcome(after)).toBe('new code');
  });

  it('removes a version that is not retained', async () => {
    const { deploy, begin, outcome } = await deployed(
      waiting(({ Resources }) => Object.assign(Resources['Version'] ?? {}, { DeletionPolicy: 'Delete' })),
    );
    const before = await begin('before');
    await deploy(waiting(newCode));
    expect(await outcome(before)).toContain('Function not found');
  });

  it('changes nothing when nothing changed', async () => {
    const { aws, deploy, begin, outcome } = await deployed();
    const roles = aws.iam.roles();
    await deploy(waiting());
    expect(aws.iam.roles()).toEqual(roles);
    expect(await outcome(await begin('after'))).toBe('old code');
  });

  it('removes resources that the template does not contain; a running execution ends at its next transition and is unknown then', async () => {
    const { aws, deploy, states, stateMachineArn, begin, outcome } = await deployed();
    const before = await begin('before');
    const withoutMachine = waiting(({ Resources, Outputs }) => {
      for (const id of ['Machine', 'MachinePolicy']) delete Resources[id];
      delete (Outputs as Record<string, unknown>)['MachineArn'];
    });
    await deploy(withoutMachine);
    expect(await refusal(states.send(new DescribeStateMachineCommand({ stateMachineArn })))).toMatchObject({
      name: 'StateMachineDoesNotExist',
    });
    const describeIt = () => states.send(new DescribeExecutionCommand({ executionArn: before }));
    expect(await describeIt()).toMatchObject({ status: 'RUNNING' });
    expect(await outcome(before)).toBe('ABORTED: undefined');
    const entered = aws.states.execution(before)?.events.map((event) => event.stateEnteredEventDetails?.name);
    expect(entered).toContain('Rest');
    expect(entered).not.toContain('Work');
    expect(await refusal(describeIt())).toMatchObject({ name: 'ExecutionDoesNotExist' });
  });

  it('does not know the executions of a deleted machine when it is created again', async () => {
    const { aws, deploy, states, begin } = await deployed();
    const executionArn = await begin('before');
    await aws.states.execution(executionArn)?.ended;
    await deploy(
      waiting(({ Resources, Outputs }) => {
        for (const id of ['Machine', 'MachinePolicy']) delete Resources[id];
        delete (Outputs as Record<string, unknown>)['MachineArn'];
      }),
    );
    await deploy(waiting());
    expect(await refusal(states.send(new DescribeExecutionCommand({ executionArn })))).toMatchObject({
      name: 'ExecutionDoesNotExist',
    });
    expect((await begin('after')).endsWith(':after')).toBe(true);
  });

  it("keeps a role's sessions and the policies put at run time, and removes those of the old template", async () => {
    const { aws, clock, deploy } = await deployed();
    const session = aws.clientConfig(
      aws.assumeServiceRole(aws.iam.role('Small-FnRole').arn, 'lambda.amazonaws.com', 'fn'),
    );
    aws.iam.putInline('Small-FnRole', 'deny', DENY, clock.nowMs());
    await deploy(
      waiting(({ Resources }) => {
        delete Resources['FnPolicy'];
        Object.assign(Resources['Fn'] ?? {}, { DependsOn: ['FnRole'] });
      }),
    );
    const names = aws.iam.inlinePolicies('Small-FnRole', clock.nowMs()).map(({ name }) => name);
    expect(names).toEqual(['deny']);
    await expect(new STSClient(session).send(new GetCallerIdentityCommand({}))).resolves.toBeDefined();
  });

  it('applies a policy change with the usual delay', async () => {
    const { aws, clock } = await start({ policyDelayMs: 4_000 });
    const deploy = (one: object) => aws.load(one, { stackName: 'Small', assetDir: (hash) => ASSETS[hash] });
    await deploy(waiting());
    const { arn } = aws.iam.role('Small-FnRole');
    const ssm = new SSMClient({
      ...aws.clientConfig(aws.assumeServiceRole(arn, 'lambda.amazonaws.com', 'fn')),
      maxAttempts: 1,
    });
    const read = () => ssm.send(new GetParameterCommand({ Name: 'Small-Setting' }));
    await deploy(
      waiting(({ Resources }) =>
        Object.assign(Resources['FnPolicy']?.Properties ?? {}, { PolicyDocument: DENY }),
      ),
    );
    await expect(read()).resolves.toBeDefined();
    clock.advance(4_000);
    expect(await refusal(read())).toMatchObject({ name: 'AccessDeniedException' });
  });

  it('allows nothing to the sessions of a removed role', async () => {
    const { aws } = await start();
    aws.iam.putRole(
      {
        name: 'Gone',
        trust: {
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
      },
      0,
    );
    const session = aws.assumeServiceRole(aws.iam.role('Gone').arn, 'lambda.amazonaws.com', 'fn');
    aws.iam.removeRole('Gone');
    const ssm = new SSMClient({ ...aws.clientConfig(session), maxAttempts: 1 });
    expect(await refusal(ssm.send(new GetParameterCommand({ Name: 'x' })))).toMatchObject({
      name: 'AccessDeniedException',
    });
  });

  it('cannot change whether a function isolates tenants', async () => {
    const { aws, deploy } = await deployed();
    const isolated = waiting(({ Resources, Outputs }) => {
      for (const id of Object.keys(Resources))
        if (Resources[id]?.Type === 'AWS::Lambda::Url') delete Resources[id];
      for (const id of Object.keys(Outputs))
        if (id !== 'MachineArn') delete (Outputs as Record<string, unknown>)[id];
      Object.assign(Resources['Fn']?.Properties ?? {}, {
        TenancyConfig: { TenantIsolationMode: 'PER_TENANT' },
      });
    });
    await expect(deploy(isolated)).rejects.toThrow(
      /Fn \(AWS::Lambda::Function\) cannot be loaded: the tenant isolation of function Small-Fn cannot change from none to PER_TENANT.*another name/,
    );
    expect(aws.lambda.registry.resolve('Small-Fn', undefined).fn.spec.tenantIsolation).toBeUndefined();
  });

  it('deletes no data', async () => {
    const { aws, deploy } = await deployed();
    aws.s3.put('small-data', 'key', Buffer.from('kept'));
    await deploy(waiting());
    expect(aws.s3.get('small-data', 'key')?.toString()).toBe('kept');
    const without = waiting(({ Resources, Outputs }) => {
      delete Resources['Data'];
      delete (Outputs as Record<string, unknown>)['BucketName'];
    });
    await expect(deploy(without)).rejects.toThrow(/Data \(AWS::S3::Bucket\).*DeletionPolicy to Retain/);
  });
});
