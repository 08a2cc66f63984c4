import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { digestOf } from 'taskbound-evidence/canonical-json/digest';
import { DeclarationError } from '../../core/shared/errors.ts';
import { acceptOpenResource } from '../functions/accepted-findings.ts';
import { machineName } from '../boundary/control-permissions.ts';
import { ownLogGroup, ownRole } from '../functions/function-role.ts';
import type { DeploymentOptions } from '../boundary/options.ts';
import { outliveDeploys } from '../boundary/retain-on-deploy.ts';
import { permit } from '../functions/permission.ts';
import type { Definition } from './asl.ts';

export interface BoundaryMachineProps {
  /** A task type, or `Teardown`; the stack's name is put before it. */
  readonly name: string;
  /** What its executions are, for the console. */
  readonly comment: string;
  readonly definition: Definition;
  /** Unqualified ARNs of every function that the workflow calls. */
  readonly functionArns: readonly string[];
  readonly options: DeploymentOptions;
}

/** A state machine that opens or closes boundaries: a task type's, or Teardown. Its definition is plain data; see `workflow/`. */
export class BoundaryMachine extends Construct {
  readonly stateMachineArn: string;
  /** All its executions: they are named after tasks. */
  readonly executionsArn: string;

  constructor(scope: Construct, id: string, props: BoundaryMachineProps) {
    super(scope, id);
    const { options } = props;
    const role = ownRole(
      this,
      roleId(this, props.functionArns),
      'states.amazonaws.com',
      props.comment,
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
    outliveDeploys(role, options);
    acceptOpenResource(
      role,
      '*',
      'Log delivery and X-Ray have no resources to name; CDK adds these statements.',
    );
    const machine = new stepfunctions.StateMachine(this, 'Machine', {
      stateMachineName: checkedName(this, props.name),
      comment: props.comment,
      definitionBody: stepfunctions.DefinitionBody.fromString(Stack.of(this).toJsonString(props.definition)),
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
    this.executionsArn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${machine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.stateMachineArn = machine.stateMachineArn;
  }
}

/**
 * Other functions, another role: an execution keeps the role that it began with, and with it the permission to call functions that a later
 * deploy knows by other names. https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
 */
const roleId = (scope: Construct, functionArns: readonly string[]): string =>
  `Role${digestOf(Stack.of(scope).resolve(functionArns)).slice(0, 8)}`;

/** https://docs.aws.amazon.com/step-functions/latest/apireference/API_CreateStateMachine.html#StepFunctions-CreateStateMachine-request-name */
const NAME_CHARACTERS = 80;

function checkedName(scope: Construct, name: string): string {
  const whole = machineName(scope, name);
  if (whole.length <= NAME_CHARACTERS) return whole;
  throw new DeclarationError(
    `The state machine's name ${whole} has ${whole.length} characters; AWS takes at most ${NAME_CHARACTERS}. Shorten the stack's name or the type's.`,
  );
}
