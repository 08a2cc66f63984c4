import { RemovalPolicy } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { DeploymentOptions } from '../boundary/options.ts';

/** What all functions have in common, control functions and work functions. */
export const functionDefaults = (logGroup: logs.ILogGroupRef, options: DeploymentOptions) => ({
  ...omitUndefined({
    logGroup,
    vpc: options.vpc,
    vpcSubnets: options.vpcSubnets,
    securityGroups: options.securityGroups && [...options.securityGroups],
  }),
  loggingFormat: lambda.LoggingFormat.JSON,
  tracing: lambda.Tracing.ACTIVE,
  currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
});
