import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from 'taskbound-local/clock/virtual-clock';
import { EmbeddedAws } from 'taskbound-local/embedded-aws';
import { pickStack, readStacks } from 'taskbound-local/template/assembly';
import { resolveAssembly } from 'taskbound-local/template/resolve-assembly';
import type { Needs } from 'taskbound-local/template/resolve';
import { writeApp } from './support.ts';

const parameter = (Name: string, Value: unknown) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name, Type: 'String', Value },
});
const type = (Value: unknown) => ({ Type: parameter('/taskbound/Tasks/types/refund', Value) });
const needs: Needs = ({ Properties }) => String(Properties['Name']).startsWith('/taskbound/');
const stream = { Type: 'AWS::Kinesis::Stream', Properties: {} };
const bucket = { Type: 'AWS::S3::Bucket', Properties: {} };

const data = {
  Resources: { Data: bucket, Stream: stream },
  Outputs: {
    Name: { Value: { Ref: 'Data' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:Data' } } },
    StreamArn: { Value: { 'Fn::GetAtt': ['Stream', 'Arn'] }, Export: { Name: 'Data:Stream' } },
    Plain: { Value: { 'Fn::GetAtt': ['Data', 'Arn'] } },
  },
};
const imported = (name: unknown) => ({ 'Fn::ImportValue': name });

const valueIn = async (dir: string, stackName?: string): Promise<unknown> => {
  const { chosen } = await resolveAssembly(dir, { needs, ...(stackName !== undefined && { stackName }) });
  return chosen.resources.find(({ logicalId }) => logicalId === 'Type')?.properties['Value'];
};
const tasks = (value: unknown, dependencies: readonly string[] = []) => ({
  template: { Resources: type(value) },
  dependencies,
});

describe('the stacks of an app', () => {
  it('are loaded in the order of their dependencies, and only those before the chosen one', async () => {
    const dir = writeApp({
      Tasks: tasks(imported('Data:Data'), ['Data']),
      Data: { template: data, dependencies: ['Base'] },
      Base: { template: { Resources: { Log: { Type: 'AWS::Logs::LogGroup' } } } },
      Other: { template: { Resources: { Log: stream } } },
    });
    const aws = await EmbeddedAws.start({ clock: new VirtualClock({ startMs: 0 }) });
    const { stackName, resources, skipped } = await aws.loadAssembly(dir, { needs });
    expect(stackName).toBe('Tasks');
    expect(resources.get('Type')?.properties['Value']).toBe('data-data');
    expect(skipped.map(({ stackName: of, logicalId }) => [of, logicalId])).toEqual([['Data', 'Stream']]);
    expect([...aws.cloudformation.stacks.keys()]).toEqual(['Base', 'Data', 'Tasks']);
  });

  it('can refer to each other without a declared dependency', async () => {
    const dir = writeApp({ Tasks: tasks(imported('Data:Data')), Data: { template: data } });
    const { ordered } = await resolveAssembly(dir, { needs });
    expect(ordered.map(({ stack }) => stack.stackName)).toEqual(['Data', 'Tasks']);
  });

  it.each<[string, unknown, string]>([
    ['an export', imported('Data:Data'), 'data-data'],
    ['an export whose name is computed', imported({ 'Fn::Join': [':', ['Data', 'Data']] }), 'data-data'],
    [
      'an output',
      { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'Plain' } },
      'arn:aws:s3:::data-data',
    ],
  ])('resolve %s of another stack', async (_what, value, expected) => {
    expect(await valueIn(writeApp({ Data: { template: data }, Tasks: tasks(value) }))).toBe(expected);
  });

  it.each<[string, unknown, RegExp]>([
    [
      'an export of nobody',
      imported('Nobody:x'),
      /No stack of the assembly has the export Nobody:x.* It is needed by \/taskbound\//,
    ],
    [
      'an output of nobody',
      { 'Fn::GetStackOutput': { StackName: 'Nobody', OutputName: 'x' } },
      /No stack of the assembly has the stack Nobody, whose output x is used/,
    ],
    [
      'an output that the stack has not',
      { 'Fn::GetStackOutput': { StackName: 'Data', OutputName: 'x' } },
      /The stack Data has no output x/,
    ],
    [
      'a resource that is not supported',
      imported('Data:Stream'),
      /Stream is of type AWS::Kinesis::Stream.* It is needed by \/taskbound\/Tasks\/types\/refund\.$/,
    ],
  ])('refuse %s', async (_what, value, message) => {
    const dir = writeApp({ Data: { template: data }, Tasks: tasks(value) });
    await expect(valueIn(dir)).rejects.toMatchObject({
      name: 'TemplateRefused',
      message: expect.stringMatching(message),
    });
  });

  it('refuse an export of two stacks', async () => {
    const output = { Outputs: { Out: { Value: 'x', Export: { Name: 'Twice' } } }, Resources: {} };
    const dir = writeApp({
      A: { template: output },
      B: { template: output },
      Tasks: tasks(imported('Twice')),
    });
    await expect(valueIn(dir)).rejects.toThrow(
      'The assembly has the export Twice more than once: in A and B.',
    );
  });

  it('refuse two of the same name, as in two regions', async () => {
    const dir = writeApp({
      East: { template: data, stackName: 'Shop' },
      West: { ...tasks('x', ['East']), stackName: 'Shop', environment: 'aws://unknown-account/us-west-2' },
    });
    await expect(valueIn(dir, 'West')).rejects.toThrow(
      'Two of the stacks East, West have the name Shop; the embedded AWS has one region',
    );
  });

  it('refuse to need each other', async () => {
    const of = (name: string, other: string) => ({
      Resources: { Value: parameter(name, imported(other)) },
      Outputs: { Out: { Value: { Ref: 'Value' }, Export: { Name: name } } },
    });
    const dir = writeApp({
      A: { template: of('a', 'b') },
      B: { template: of('b', 'a') },
      Tasks: tasks(imported('a')),
    });
    await expect(valueIn(dir)).rejects.toMatchObject({ name: 'CircularReference' });
  });

  it('take what changes a needed resource from every stack', async () => {
    const policy = {
      Type: 'AWS::S3::BucketPolicy',
      Properties: { Bucket: imported('Data:Data'), PolicyDocument: { Version: '2012-10-17', Statement: [] } },
    };
    const dir = writeApp({
      Data: { template: data },
      Guard: { template: { Resources: { Policy: policy } } },
      Tasks: tasks(imported('Data:Data')),
    });
    const { ordered } = await resolveAssembly(dir, { needs });
    const guard = ordered.find(({ stack }) => stack.stackName === 'Guard');
    expect(guard?.resolved.resources).toMatchObject([{ logicalId: 'Policy', needed: true }]);
  });

  it('find SSM parameters in each other', async () => {
    const dir = writeApp({
      Data: { template: { Resources: { Limit: parameter('/shop/limit', '5') } } },
      Tasks: tasks('{{resolve:ssm:/shop/limit}}'),
    });
    expect(await valueIn(dir)).toBe('5');
  });

  it('are all needed if the caller does not say what it needs', async () => {
    const dir = writeApp({ Tasks: tasks(imported('Data:Data'), ['Data']), Data: { template: data } });
    await expect(resolveAssembly(dir, { stackName: 'Tasks' })).rejects.toThrow(
      /Stream is of type AWS::Kinesis::Stream/,
    );
  });
});

describe('the stages of an app', () => {
  const limit = (value: string) => ({ template: { Resources: { Limit: parameter('/shop/limit', value) } } });

  it('have the same names, and each takes its own', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'assembly-'));
    const stages: Record<string, object> = {};
    for (const name of ['Test', 'Production']) {
      const directoryName = `assembly-${name}`;
      const value = { 'Fn::Join': [' ', ['{{resolve:ssm:/shop/limit}}', imported('Data:Data')]] };
      writeApp(
        {
          [`${name}Limits`]: { ...limit(name), stackName: `${name}-Limits` },
          [`${name}Data`]: {
            template: { Resources: {}, Outputs: { Out: { Value: name, Export: { Name: 'Data:Data' } } } },
          },
          [`${name}Tasks`]: { ...tasks(value, [`${name}Data`]), displayName: `${name}/Tasks` },
        },
        join(dir, directoryName),
      );
      stages[directoryName] = { type: 'cdk:cloud-assembly', properties: { directoryName } };
    }
    writeApp({}, dir, stages);
    expect(await valueIn(dir, 'Production/Tasks')).toBe('Production Production');
    expect(await valueIn(dir, 'Test/Tasks')).toBe('Test Test');
    const { ordered } = await resolveAssembly(dir, { needs, stackName: 'Production/Tasks' });
    expect(ordered.map(({ stack }) => stack.id)).toEqual([
      'ProductionData',
      'ProductionLimits',
      'ProductionTasks',
    ]);
  });

  it('refuse a parameter that two stacks have', async () => {
    const dir = writeApp({ A: limit('1'), B: limit('2'), Tasks: tasks('{{resolve:ssm:/shop/limit}}') });
    await expect(valueIn(dir)).rejects.toThrow(
      /the SSM parameter \/shop\/limit more than once: in A and B\./,
    );
  });
});

describe('the account and region of a stack', () => {
  const arn = 'arn:aws:dynamodb:us-east-1:123456789012:table/abc123456789012def';
  const template = { Resources: type(`${arn} us-east-1a s3.us-east-1.amazonaws.com`) };

  it.each([
    [
      'aws://123456789012/us-east-1',
      'arn:aws:dynamodb:eu-central-1:111122223333:table/abc123456789012def us-east-1a s3.eu-central-1.amazonaws.com',
    ],
    [
      'aws://unknown-account/us-east-1',
      `${arn.replace('us-east-1', 'eu-central-1')} us-east-1a s3.eu-central-1.amazonaws.com`,
    ],
    ['aws://unknown-account/unknown-region', `${arn} us-east-1a s3.us-east-1.amazonaws.com`],
    [undefined, `${arn} us-east-1a s3.us-east-1.amazonaws.com`],
  ])('%s become those of the embedded AWS', async (environment, expected) => {
    const dir = writeApp({ Tasks: { template, ...(environment !== undefined && { environment }) } });
    expect(await valueIn(dir)).toBe(expected);
  });
});

describe('pickStack', () => {
  const app = (): string => {
    const dir = mkdtempSync(join(tmpdir(), 'assembly-'));
    const stage = { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-Production' } };
    writeApp(
      {
        ProductionTasksA1: {
          template: { Resources: type('of production') },
          stackName: 'Production-Tasks',
          displayName: 'Production/Tasks (Production-Tasks)',
        },
      },
      join(dir, 'assembly-Production'),
    );
    return writeApp({ Tasks: tasks('alone'), Data: { template: data } }, dir, {
      'assembly-Production': stage,
    });
  };

  it.each([
    'ProductionTasksA1',
    'Production-Tasks',
    'Production/Tasks',
    'Production/Tasks (Production-Tasks)',
  ])('finds a stack of a stage as %s', async (name) => {
    expect(pickStack(await readStacks(app()), name).stackName).toBe('Production-Tasks');
    expect(await valueIn(app(), name)).toBe('of production');
  });

  it('refuses to choose between two, also if both have what is needed', async () => {
    const refused = {
      name: 'StackNotChosen',
      message:
        'The assembly has the stacks Production/Tasks (Production-Tasks), Tasks, Data; name one of them.',
    };
    const dir = app();
    const stacks = await readStacks(dir);
    expect(() => pickStack(stacks, undefined)).toThrow(expect.objectContaining(refused));
    await expect(valueIn(dir)).rejects.toMatchObject(refused);
  });

  it('chooses the only one that has what is needed', async () => {
    expect(await valueIn(writeApp({ Tasks: tasks('alone'), Data: { template: data } }))).toBe('alone');
  });

  it('refuses a name of nobody and of two', async () => {
    const dir = writeApp({
      A: { template: data, stackName: 'Same' },
      B: { template: data, stackName: 'Same' },
    });
    const stacks = await readStacks(dir);
    expect(() => pickStack(stacks, 'C')).toThrow('The assembly has the stacks A, B; no stack is named C.');
    expect(() => pickStack(stacks, 'Same')).toThrow(
      'The assembly has the stacks A, B; 2 of them are named Same.',
    );
    expect(pickStack(stacks, 'B').id).toBe('B');
  });
});
