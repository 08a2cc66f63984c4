import { ArnFormat, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as stepfunctions from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { digestOf } from 'taskbound-evidence/canonical-json/digest';
import { DeclarationError } from '../../core/shared/errors.ts';
import { acceptOpenResource } from '../functions/accepted-findings.ts';
import { ownLogGroup, serviceRole } from '../functions/function-role.ts';
import { machineName } from './execution-permissions.ts';
import type { DeploymentOptions } from '../boundary/options.ts';
import { retainOnDeploy } from '../boundary/retain-on-deploy.ts';
import { permit } from '../functions/permission.ts';
import type { Definition } from './asl.ts';

export interface BoundaryMachineProps {
  /** A task type, or `Teardown`; the stack's name is added in front. */
  readonly name: string;
  /** What its executions are, for the console. */
  readonly comment: string;
  readonly definition: Definition;
  /** Every function that the workflow calls. */
  readonly functions: readonly { readonly function: lambda.IFunction }[];
  readonly options: DeploymentOptions;
}

/** A state machine that opens or closes boundaries: a task type's, or Teardown. Its definition is plain data. */
export class BoundaryMachine extends Construct {
  readonly stateMachineArn: string;
  /** All its executions: they are named after tasks. */
  readonly executionsArn: string;

  constructor(scope: Construct, id: string, props: BoundaryMachineProps) {
    super(scope, id);
    const { options } = props;
    const functionArns = props.functions.map((called) => called.function.functionArn);
    const role = serviceRole(this, roleId(this, functionArns), {
      service: 'states.amazonaws.com',
      description: props.comment,
      options,
    });
    permit(role, [
      {
        sid: 'CallFunctions',
        actions: ['lambda:InvokeFunction'],
        resources: functionArns.flatMap((arn) => [arn, `${arn}:*`]), // every version of the function
        openBecause:
          'Every version: an execution that outlives a deploy calls the versions with which it started.',
      },
    ]);
    retainOnDeploy(role, options);
    // The `*` is in statements that CDK adds.
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
      // Logs would contain payloads in plain text, whatever key encrypts the executions.
      logs: {
        destination: ownLogGroup(this, options),
        level: stepfunctions.LogLevel.ALL,
        includeExecutionData: false,
      },
    });
    this.executionsArn = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${machine.stateMachineName}:*`, // Executions are named after tasks.
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.stateMachineArn = machine.stateMachineArn;
  }
}

/**
 * Other functions give another role: an execution keeps the role with which it started, and its permission to call functions that a later
 * deploy has renamed. https://docs.aws.amazon.com/step-functions/latest/apireference/API_UpdateStateMachine.html
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
