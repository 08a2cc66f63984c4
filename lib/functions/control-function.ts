import type { Duration } from 'aws-cdk-lib';
import { RemovalPolicy } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { fileURLToPath } from 'node:url';
import type { z } from 'zod';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { bundleOf, declareEntry } from './bundles.ts';
import { functionRole, ownLogGroup } from './function-role.ts';
import type { DeploymentOptions } from '../boundary/options.ts';
import { permit, type Permission } from './permission.ts';

const entryOf = (stem: string): string =>
  fileURLToPath(new URL(`../../lambdas/${stem}/index.ts`, import.meta.url));

/** The control functions: file `lambdas/<stem>/index.ts`. Announced here, so that one esbuild call builds them all. */
const STEMS = [
  'submit',
  'decide',
  'end',
  'submit-scheduled',
  'admit',
  'issue-secret',
  'issue-identity',
  'revoke-and-record',
  'prove-revoked',
  'close-boundary',
  'reconcile',
] as const;
type ControlStem = (typeof STEMS)[number];
for (const stem of STEMS) declareEntry(entryOf(stem));

export interface ControlFunctionProps {
  readonly stem: ControlStem;
  readonly description: string;
  /** The schema with which the function parses its environment: checked here first. */
  readonly environmentSchema: z.ZodType;
  readonly environment: Readonly<Record<string, string>>;
  readonly permissions: readonly Permission[];
  readonly timeout: Duration;
  readonly options: DeploymentOptions;
}

/** One function of the control plane, with its own role, log group and published version. */
export class ControlFunction extends Construct {
  readonly role: iam.Role;
  readonly function: lambda.Function;
  readonly timeout: Duration;

  constructor(scope: Construct, id: string, props: ControlFunctionProps) {
    super(scope, id);
    props.environmentSchema.parse(props.environment);
    const { options } = props;
    const logGroup = ownLogGroup(this, options);
    this.timeout = props.timeout;
    this.role = functionRole(this, logGroup, props.description, props.permissions, options);
    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      code: lambda.Code.fromAsset(bundleOf(entryOf(props.stem))),
      handler: 'index.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: props.timeout,
      environment: { ...props.environment },
      role: this.role,
      ...functionDefaults(logGroup, options),
      ...omitUndefined({ reservedConcurrentExecutions: options.reservedConcurrency }),
    });
  }

  /** What running executions are pinned to: a version outlives the deploy that replaces it. */
  get versionArn(): string {
    return this.function.currentVersion.functionArn;
  }

  permit(permission: Permission): void {
    permit(this.role, [permission]);
  }
}

/** What every function of ours has, the work functions included. */
export const functionDefaults = (logGroup: lambda.FunctionProps['logGroup'], options: DeploymentOptions) => ({
  ...omitUndefined({
    logGroup,
    vpc: options.vpc,
    vpcSubnets: options.vpcSubnets,
    securityGroups: options.securityGroups === undefined ? undefined : [...options.securityGroups],
  }),
  loggingFormat: lambda.LoggingFormat.JSON,
  tracing: lambda.Tracing.ACTIVE,
  currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
});
