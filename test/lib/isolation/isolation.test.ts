import { CfnResource } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { Isolation, type BoundedTask } from '../../../lib/index.ts';
import { tenancyOf } from '../../../lib/isolation/tenancy.ts';
import { ofType, resourcesOf, stackWith, textOf, type Resources } from '../sample.ts';
import { definitionIn, tasksOf } from '../workflow/definition.ts';

const isolation = Isolation.perTask();
const workIn = (resources: Resources) =>
  ofType(resources, 'AWS::Lambda::Function').find(([id]) => id.startsWith('ReaderWork'));

/** The faults that synth reports for a task type. */
const faultsOf = (task: BoundedTask): string[] => task.node.findAll().flatMap((each) => each.node.validate());
const functionOf = (task: BoundedTask): lambda.Function => {
  const isWork = (each: IConstruct) => each instanceof lambda.Function;
  return task.node.findAll().find(isWork) as lambda.Function;
};
const cfnOf = (task: BoundedTask) => functionOf(task).node.defaultChild as lambda.CfnFunction;

describe('a type with isolation', () => {
  const resources = resourcesOf(stackWith({ isolation }).stack);
  const without = resourcesOf(stackWith().stack);
  const [, runWork] = tasksOf(definitionIn(resources)).find(([name]) => name === 'RunWork') ?? [];

  it('has a work function that isolates tenants; no other function does', () => {
    const isolated = ofType(resources, 'AWS::Lambda::Function').filter(
      ([, { Properties }]) => Properties['TenancyConfig'] !== undefined,
    );
    expect(isolated).toEqual([workIn(resources)]);
    expect(isolated[0]?.[1].Properties['TenancyConfig']).toEqual({ TenantIsolationMode: 'PER_TENANT' });
    expect(workIn(without)?.[1].Properties['TenancyConfig']).toBeUndefined();
  });

  it('is run for its boundary as the tenant, through the integration that can pass a tenant', () => {
    expect(textOf(runWork?.Resource)).toBe('arn:<AWS::Partition>:states:::aws-sdk:lambda:invoke');
    expect(runWork?.Arguments.TenantId).toContain('"reader." & $states.context.Execution.Name');
    for (const [name, state] of tasksOf(definitionIn(resources)))
      if (name !== 'RunWork') expect(state).not.toHaveProperty('Arguments.TenantId');
  });

  it('has the same permissions as without: the integration needs lambda:InvokeFunction alone', () => {
    const statements = (of: Resources) =>
      ofType(of, 'AWS::IAM::Policy').flatMap(([, { Properties }]) =>
        (Properties['PolicyDocument'] as { Statement: { Sid?: string; Action: unknown }[] }).Statement.map(
          ({ Sid, Action }) => JSON.stringify([Sid, Action]),
        ),
      );
    expect(statements(resources).sort()).toEqual(statements(without).sort());
  });

  it('has another function than without, which a running execution still calls after a deploy', () => {
    expect(workIn(resources)?.[0]).not.toBe(workIn(without)?.[0]);
    expect(workIn(without)?.[1].DeletionPolicy).toBe('Retain');
    const roles = (of: Resources) =>
      ofType(of, 'AWS::IAM::Role')
        .map(([id]) => id)
        .filter((id) => id.startsWith('ReaderWorkflow'));
    expect(roles(resources)).not.toEqual(roles(without));
  });

  it('has no fault', () => {
    expect(faultsOf(stackWith({ isolation }).task)).toEqual([]);
    expect(faultsOf(stackWith().task)).toEqual([]);
  });
});

describe('what synth refuses', () => {
  it.each<[string, (task: BoundedTask) => void, RegExp]>([
    [
      'a work function whose isolation was removed',
      (task) => (cfnOf(task).tenancyConfig = undefined),
      /^Task type reader has Isolation\.perTask\(\), and a work function whose tenant isolation is not set; it must be PER_TENANT\./,
    ],
    [
      'SnapStart',
      (task) => (cfnOf(task).snapStart = { applyOn: 'PublishedVersions' }),
      /its work function has SnapStart \(.*\); a function with tenant isolation cannot have it\. Remove it/,
    ],
    [
      'a function URL',
      (task) => {
        const targetFunctionArn = functionOf(task).functionArn;
        new lambda.CfnUrl(task, 'Url', { authType: 'AWS_IAM', targetFunctionArn });
      },
      /its work function has a function URL \(Other\/Reader\/Url\)/,
    ],
    [
      'provisioned concurrency of an alias',
      (task) => {
        const version = functionOf(task).currentVersion;
        new lambda.CfnAlias(task, 'Alias', {
          ...{ name: 'live', functionName: functionOf(task).functionName, functionVersion: version.version },
          provisionedConcurrencyConfig: { provisionedConcurrentExecutions: 1 },
        });
      },
      /its work function has provisioned concurrency \(Other\/Reader\/Alias\)/,
    ],
    [
      'provisioned concurrency of a version',
      (task) => {
        const version = functionOf(task).currentVersion.node.defaultChild as lambda.CfnVersion;
        version.provisionedConcurrencyConfig = { provisionedConcurrentExecutions: 1 };
      },
      /its work function has provisioned concurrency/,
    ],
    [
      'an event source',
      (task) =>
        void new lambda.CfnEventSourceMapping(task, 'Source', {
          functionName: functionOf(task).functionArn,
          eventSourceArn: 'arn:aws:sqs:eu-central-1:111122223333:queue',
        }),
      /its work function has an event source/,
    ],
  ])('%s', (_name, change, fault) => {
    const { task } = stackWith({ isolation });
    change(task);
    expect(faultsOf(task)).toEqual([expect.stringMatching(fault)]);
  });

  it('a work function with isolation whose type has none', () => {
    const { task } = stackWith();
    cfnOf(task).tenancyConfig = { tenantIsolationMode: 'PER_TENANT' };
    expect(faultsOf(task)).toEqual([
      expect.stringMatching(
        /^Task type reader has a work function with tenant isolation PER_TENANT, and no isolation; .* Set isolation: Isolation\.perTask\(\)/,
      ),
    ]);
  });

  it('an aws-cdk-lib that cannot declare it', () => {
    expect(() => tenancyOf('reader', isolation, {})).toThrow(
      /Task type reader has Isolation\.perTask\(\), which needs aws-cdk-lib 2\.226\.0 or later/,
    );
    expect(tenancyOf('reader', undefined, {})).toBeUndefined();
  });

  it('nothing of another function, or of a type without isolation', () => {
    const { task } = stackWith({ isolation });
    const other = new CfnResource(task, 'Other', { type: 'AWS::Lambda::Function' });
    new lambda.CfnUrl(task, 'Url', { authType: 'AWS_IAM', targetFunctionArn: other.ref });
    new lambda.CfnAlias(task, 'Alias', {
      ...{ name: 'live', functionName: functionOf(task).functionName, functionVersion: '1' },
    });
    expect(faultsOf(task)).toEqual([]);
    const shared = stackWith().task;
    new lambda.CfnUrl(shared, 'Url', {
      authType: 'AWS_IAM',
      targetFunctionArn: functionOf(shared).functionArn,
    });
    expect(faultsOf(shared)).toEqual([]);
  });
});
