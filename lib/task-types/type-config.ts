import { ArnFormat, Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import type { WorkFunction } from '../work/work-function.ts';
import type { BoundaryMachine } from '../workflow/boundary-machine.ts';
import type { BoundedTaskProps } from './bounded-task-props.ts';
import type { DeclaredType } from './declare-type.ts';

export interface TypeConfigProps {
  readonly props: BoundedTaskProps;
  readonly declared: DeclaredType;
  readonly taskRole: iam.IRole;
  readonly work: WorkFunction;
  readonly machine: BoundaryMachine;
}

/** The configuration that the control functions read: what is declared, and the ARNs of what is deployed for it. */
export function typeConfig(scope: Construct, deployed: TypeConfigProps): TaskTypeConfig {
  const { props, declared, taskRole, work, machine } = deployed;
  const { type, parameters, tools, secrets, timeouts } = declared;
  const stack = Stack.of(scope);
  return {
    version: 1,
    stack: stack.stackName,
    type,
    parameters: { ...parameters },
    tools: [...tools],
    secrets: { ...secrets },
    leaseSeconds: timeouts.lease,
    workSeconds: timeouts.state,
    taskSeconds: timeouts.task,
    approval: props.approval ?? null,
    window: props.window ?? null,
    emergency: props.emergency ?? false,
    taskRoleArn: taskRole.roleArn,
    workRoleArn: work.role.roleArn,
    workVersionArn: work.versionArn,
    stateMachineArn: machine.stateMachineArn,
    secretArnPrefix: stack.formatArn({
      service: 'secretsmanager',
      resource: 'secret',
      resourceName: '',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    }),
    // Roles and schedules are added after the type is declared.
    schedules: {},
    people: { submit: [], decide: [], end: [] },
  };
}
