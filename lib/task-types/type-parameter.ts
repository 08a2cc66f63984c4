import { Stack } from 'aws-cdk-lib';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { typeParameterName } from 'taskbound-evidence/names/ids';
import { taskTypeConfig, type TaskTypeConfig } from '../../core/task-types/task-type.ts';

/**
 * Writes a type's configuration where submit, Admit and IssueIdentity read it. Not an environment variable, which holds 4 KB, and not the
 * execution's input: a running task would keep the configuration that it began with.
 */
export function typeParameter(
  scope: Construct,
  config: TaskTypeConfig,
  later: Readonly<Record<'people' | 'schedules', unknown>>,
): ssm.CfnParameter {
  const checked = taskTypeConfig.parse(config);
  return new ssm.CfnParameter(scope, 'Type', {
    name: typeParameterName(config.stack, config.type),
    description: `Task type ${config.type} of ${config.stack}; written at deployment, holds no secret.`,
    type: 'String',
    // Standard holds 4 KB at no cost; a longer one becomes Advanced by itself.
    tier: 'Intelligent-Tiering',
    value: Stack.of(scope).toJsonString({ ...checked, ...later }),
  });
}
