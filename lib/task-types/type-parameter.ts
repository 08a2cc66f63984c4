import { Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { typeParameterName } from 'taskbound-evidence/names/ids';
import { taskTypeConfig, type TaskTypeConfig } from '../../core/task-types/task-type.ts';
import type { Permission } from '../functions/permission.ts';

export interface TypeParameterProps {
  readonly config: TaskTypeConfig;
  /** What is added after the type is declared: tokens that are resolved when the template is written. */
  readonly later: Readonly<Record<'people' | 'schedules', unknown>>;
}

/**
 * Writes a type's configuration to the parameter that submit, Admit and IssueIdentity read. Not an environment variable: it holds at most
 * 4 KB. Not the execution's input: a running task would keep the configuration with which it started.
 */
export function typeParameter(scope: Construct, { config, later }: TypeParameterProps): ssm.CfnParameter {
  const checked = taskTypeConfig.parse(config);
  return new ssm.CfnParameter(scope, 'Type', {
    name: typeParameterName(config.stack, config.type),
    description: `Task type ${config.type} of ${config.stack}; written at deployment, holds no secret.`,
    type: 'String',
    // Standard holds 4 KB at no cost; a longer value becomes Advanced automatically.
    tier: 'Intelligent-Tiering',
    value: Stack.of(scope).toJsonString({ ...checked, ...later }),
  });
}

export function typeArn(scope: Construct, type: string): string {
  const stack = Stack.of(scope);
  const resourceName = typeParameterName(stack.stackName, type).slice(1);
  return stack.formatArn({ service: 'ssm', resource: 'parameter', resourceName });
}

/** Reads the configuration of every type. */
export const readTypes = (scope: Construct): Permission => ({
  sid: 'ReadTaskTypes',
  actions: ['ssm:GetParameter'],
  resources: [typeArn(scope, '*')], // every type of the stack
  openBecause: 'Task types are declared after the boundary; the path contains only their configuration.',
});
