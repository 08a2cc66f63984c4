import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { acceptOpenResource } from './accepted-findings.ts';
import type { DeploymentOptions } from '../boundary/options.ts';
import { permit, type Permission } from './permission.ts';

/** Network interfaces are made before they have a name: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
const NETWORK_INTERFACES: Permission = {
  sid: 'UseNetworkInterfaces',
  actions: [
    'ec2:CreateNetworkInterface',
    'ec2:DescribeNetworkInterfaces',
    'ec2:DescribeSubnets',
    'ec2:DeleteNetworkInterface',
    'ec2:AssignPrivateIpAddresses',
    'ec2:UnassignPrivateIpAddresses',
  ],
  resources: ['*'],
  openBecause: 'Network interfaces of a function in a VPC have no name before they exist.',
};

/**
 * Lambda itself uses the network interfaces, before any code runs; the code must not. Calls of a function's code carry this key, those of
 * the service do not: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
 */
const NOT_FROM_CODE = new iam.PolicyStatement({
  sid: 'CodeUsesNoNetworkInterfaces',
  effect: iam.Effect.DENY,
  actions: [...NETWORK_INTERFACES.actions],
  resources: ['*'], // a Deny is meant to be wide
  conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
});

/** A role for one service. It has no policy of AWS's own, only what is added by name. */
export const ownRole = (
  scope: Construct,
  id: string,
  service: string,
  description: string,
  options: DeploymentOptions,
): iam.Role =>
  new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal(service),
    description,
    ...omitUndefined({ permissionsBoundary: options.permissionsBoundary }),
  });

/** The role of one function: its own log group, tracing (CDK adds that), and the permissions given. */
export function functionRole(
  scope: Construct,
  logGroup: logs.ILogGroup,
  description: string,
  permissions: readonly Permission[],
  options: DeploymentOptions,
): iam.Role {
  const role = ownRole(scope, 'Role', 'lambda.amazonaws.com', description, options);
  const writeLogs: Permission = {
    sid: 'WriteOwnLogs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  };
  permit(role, [writeLogs, ...(options.vpc === undefined ? [] : [NETWORK_INTERFACES]), ...permissions]);
  if (options.vpc !== undefined) role.addToPolicy(NOT_FROM_CODE.copy());
  acceptOpenResource(role, '*', 'X-Ray has no resources to name: a trace is sent to the account.');
  return role;
}

/** A log group whose retention and removal are ours, so that a deleted stack leaves what was asked for. */
export const ownLogGroup = (scope: Construct, options: DeploymentOptions): logs.LogGroup =>
  new logs.LogGroup(scope, 'Logs', {
    retention: options.logRetention ?? logs.RetentionDays.ONE_YEAR,
    removalPolicy: options.removalPolicy ?? RemovalPolicy.RETAIN,
    ...omitUndefined({ encryptionKey: options.encryptionKey }),
  });
