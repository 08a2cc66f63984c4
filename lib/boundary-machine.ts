import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { acceptOpenResource } from './accepted-findings.ts';
import { ownLogGroup, ownRole } from './function-role.ts';
import type { DeploymentOptions } from './options.ts';
import { permit } from './permission.ts';
import { taskDefinition, type TaskWorkflow } from './workflow/task-definition.ts';

export interface TaskMachineProps {
  readonly workflow: TaskWorkflow;
  /** Unqualified ARNs of every function that the workflow calls. */
  readonly functionArns: readonly string[];
  readonly options: DeploymentOptions;
}

/** The state machine of one task type. Its definition is plain data; see `workflow/`. */
export class TaskMachine extends Construct {
  readonly stateMachineArn: string;
  readonly stateMachineName: string;

  constructor(scope: Construct, id: string, props: TaskMachineProps) {
    super(scope, id);
    const { workflow, options } = props;
    const role = ownRole(
      this,
      'Role',
      'states.amazonaws.com',
      `Runs tasks of the type ${workflow.type}.`,
      options,
    );
    permit(role, [
      {
        sid: 'CallFunctions',
        actions: ['lambda:InvokeFunction'],
        resources: props.functionArns.flatMap((arn) => [arn, `${arn}:*`]),
        openBecause:
          'Every version: an execution that outlives a deploy calls the versions that it began with.',
      },
    ]);
    acceptOpenResource(
      role,
      '*',
      'Log delivery and X-Ray have no resources to name; CDK adds these statements.',
    );
    const machine = new stepfunctions.StateMachine(this, 'Machine', {
      comment: `One execution is one ${workflow.type} task.`,
      definitionBody: stepfunctions.DefinitionBody.fromString(
        Stack.of(this).toJsonString(taskDefinition(workflow)),
      ),
      stateMachineType: stepfunctions.StateMachineType.STANDARD,
      role,
      tracingEnabled: true,
      removalPolicy: RemovalPolicy.DESTROY,
      // Logs would hold payloads in the clear, whatever key encrypts the executions.
      logs: {
        destination: ownLogGroup(this, options),
        level: stepfunctions.LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.stateMachineName = machine.stateMachineName;
    this.stateMachineArn = machine.stateMachineArn;
  }
}
