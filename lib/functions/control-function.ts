import type { Duration } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { DeploymentOptions } from '../boundary/options.ts';
import { controlBundle } from './control-bundle.ts';
import { CONTROL_ENVIRONMENTS, type ControlStem } from './control-stems.ts';
import { functionDefaults } from './function-defaults.ts';
import { functionRole, ownLogGroup } from './function-role.ts';
import { permit, type Permission } from './permission.ts';
import { CONTROL_TIMEOUT } from './timeouts.ts';

export interface ControlFunctionProps {
  readonly stem: ControlStem;
  readonly description: string;
  /** Checked at synth with the schema that the function itself uses. */
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  /** @default - 30 seconds */
  readonly timeout?: Duration;
  readonly options: DeploymentOptions;
}

/** One function of the control plane, with its own role, log group and published version. */
export class ControlFunction extends Construct {
  readonly role: iam.Role;
  readonly function: lambda.Function;

  constructor(scope: Construct, id: string, props: ControlFunctionProps) {
    super(scope, id);
    CONTROL_ENVIRONMENTS[props.stem].parse(props.environment);
    const logGroup = ownLogGroup(this, props.options);
    this.role = functionRole(this, { ...props, logGroup });
    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      code: lambda.Code.fromAsset(controlBundle(props.stem)),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: props.timeout ?? CONTROL_TIMEOUT,
      environment: { ...props.environment },
      role: this.role,
      ...functionDefaults(logGroup, props.options),
      ...omitUndefined({ reservedConcurrentExecutions: props.options.reservedConcurrency }),
    });
  }

  /** The published version that executions invoke. It is kept after the next deploy, because running executions still invoke it. */
  get versionArn(): string {
    return this.function.currentVersion.functionArn;
  }

  permit(permission: Permission): void {
    permit(this.role, [permission]);
  }
}

/** Calls a function by its URL only: a principal that may invoke it directly could forge the caller. https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
export const callUrl = ({ function: { functionArn } }: ControlFunction): Permission[] => [
  { sid: 'CallUrl', actions: ['lambda:InvokeFunctionUrl'], resources: [functionArn] },
  {
    sid: 'CallByUrlOnly',
    actions: ['lambda:InvokeFunction'],
    resources: [functionArn],
    conditions: { Bool: { 'lambda:InvokedViaFunctionUrl': true } },
  },
];
