import { CfnResource, RemovalPolicy } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';
import type { DeploymentOptions } from './options.ts';

/**
 * Keeps what a running execution needs when a later deploy renames or removes it: CloudFormation would delete the function, its versions
 * and its role during the execution. A stack whose data is deleted with it (`removalPolicy: DESTROY`) keeps nothing.
 */
export function retainOnDeploy(construct: IConstruct, options: DeploymentOptions): void {
  if (options.removalPolicy === RemovalPolicy.DESTROY) return;
  for (const child of construct.node.findAll())
    if (CfnResource.isCfnResource(child)) child.applyRemovalPolicy(RemovalPolicy.RETAIN);
}
