import { RemovalPolicy } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { DeploymentOptions } from '../boundary/options.ts';
import { acceptOpenResource } from './accepted-findings.ts';
import { permit, type Permission } from './permission.ts';

/** Lambda creates network interfaces, which have no name before: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html */
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
  resources: ['*'], // EC2 chooses the ids of interfaces, and its Describe actions support no resources.
  openBecause: 'Network interfaces of a function in a VPC have no name before they exist.',
};

/**
 * The Lambda service itself uses the network interfaces, before any code runs; the code must not. Calls of a function's code have this
 * condition key, calls of the service do not: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
 */
const NOT_FROM_CODE = new iam.PolicyStatement({
  sid: 'CodeUsesNoNetworkInterfaces',
  effect: iam.Effect.DENY,
  actions: [...NETWORK_INTERFACES.actions],
  resources: ['*'], // The Deny applies to every network interface.
  conditions: { Null: { 'lambda:SourceFunctionArn': 'false' } },
});

export interface ServiceRoleProps {
  /** The only principal that may assume the role: `states.amazonaws.com`. */
  readonly service: string;
  readonly description: string;
  readonly options: DeploymentOptions;
}

/** A role for one AWS service. It has no AWS managed policy, only the permissions that are added to it. */
export const serviceRole = (scope: Construct, id: string, props: ServiceRoleProps): iam.Role =>
  new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal(props.service),
    description: props.description,
    ...omitUndefined({ permissionsBoundary: props.options.permissionsBoundary }),
  });

export interface FunctionRoleProps {
  /** The function's own log group. */
  readonly logGroup: logs.ILogGroup;
  readonly description: string;
  /** Besides logs and traces. */
  readonly permissions: readonly Permission[];
  readonly options: DeploymentOptions;
}

/** The role of one function: writes its own logs, has its permissions, and in a VPC what Lambda needs there. CDK adds tracing. */
export function functionRole(scope: Construct, props: FunctionRoleProps): iam.Role {
  const { logGroup, description, permissions, options } = props;
  const isInVpc = options.vpc !== undefined;
  const role = serviceRole(scope, 'Role', { service: 'lambda.amazonaws.com', description, options });
  const writeLogs: Permission = {
    sid: 'WriteOwnLogs',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  };
  permit(role, [writeLogs, ...(isInVpc ? [NETWORK_INTERFACES] : []), ...permissions]);
  if (isInVpc) role.addToPolicy(NOT_FROM_CODE.copy());
  // The `*` is in the statement that CDK adds for X-Ray.
  acceptOpenResource(role, '*', 'X-Ray has no resources to name: a trace is sent to the account.');
  return role;
}

/** A log group in the template, so that its retention and removal follow the deployment options. */
export const ownLogGroup = (scope: Construct, options: DeploymentOptions): logs.LogGroup =>
  new logs.LogGroup(scope, 'Logs', {
    retention: options.logRetention ?? logs.RetentionDays.ONE_YEAR,
    removalPolicy: options.removalPolicy ?? RemovalPolicy.RETAIN,
    ...omitUndefined({ encryptionKey: options.encryptionKey }),
  });
