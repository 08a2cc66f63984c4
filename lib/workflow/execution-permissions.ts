import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Permission } from '../functions/permission.ts';

export const EXECUTIONS_OPEN = 'Executions are named after tasks, which are not known at deployment.';

/** State machines are named after the stack, so that a permission covers also those that a later deploy removed from the template. */
export const machineName = (scope: Construct, name: string): string => `${Stack.of(scope).stackName}-${name}`;

/** Starts executions of one state machine. */
export const startExecutions = (name: string, stateMachineArn: string): Permission => ({
  sid: `Start${name}`,
  actions: ['states:StartExecution'],
  resources: [stateMachineArn],
});

/** Executions of every state machine of the stack, of removed types too: they may still have to be closed. */
export const describeExecutions = (scope: Construct): Permission => ({
  sid: 'SeeExecutions',
  actions: ['states:DescribeExecution'],
  resources: [allExecutions(scope)],
  openBecause: EXECUTIONS_OPEN,
});

/** Reads the executions of all types and their histories, as `taskbound run` does while it follows a task. */
export const followExecutions = (scope: Construct): Permission => ({
  sid: 'FollowExecutions',
  actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
  resources: [allExecutions(scope)],
  openBecause: EXECUTIONS_OPEN,
});

/** Executions of removed types too: an operator who drains the stack must be able to end them. */
export const endExecutions = (scope: Construct): Permission => ({
  sid: 'EndExecutions',
  actions: ['states:StopExecution'],
  resources: [allExecutions(scope)],
  openBecause: EXECUTIONS_OPEN,
});

const allExecutions = (scope: Construct): string =>
  Stack.of(scope).formatArn({
    service: 'states',
    resource: 'execution',
    resourceName: `${machineName(scope, '*')}:*`, // every state machine of the stack, and every execution of it
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
