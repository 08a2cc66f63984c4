import { Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { BOUNDARY_TAG } from 'taskbound-evidence/names/ids';
import { Ceiling, type CeilingProps } from './ceiling.ts';
import { taskPath } from './task-role-permissions.ts';

export interface TaskRoleProps extends CeilingProps {
  /** The only principal that may assume the role: it always adds a session policy, which IAM itself cannot require. */
  readonly issuer: iam.IRole;
}

/** The role whose sessions are a type's tasks, limited by its ceiling. Removing a type removes the role, and so ends its tasks' access. */
export class TaskRole extends Construct {
  readonly role: iam.Role;
  readonly ceiling: iam.ManagedPolicy;

  constructor(scope: Construct, id: string, props: TaskRoleProps) {
    super(scope, id);
    this.ceiling = new Ceiling(this, 'Ceiling', props).policy;
    const anyTask = `${props.type}.*`; // Tasks are not known at deployment, only their type.
    const tag = `aws:RequestTag/${BOUNDARY_TAG}`;
    const issuer = new iam.ArnPrincipal(props.issuer.roleArn);
    this.role = new iam.Role(this, 'Role', {
      path: taskPath(this),
      description: `Tasks of the type ${props.type}. Assumed by IssueIdentity alone.`,
      maxSessionDuration: Duration.hours(1),
      managedPolicies: [this.ceiling],
      permissionsBoundary: this.ceiling,
      assumedBy: issuer.withConditions({
        StringLike: { 'sts:RoleSessionName': anyTask },
        StringEquals: { [tag]: '${sts:RoleSessionName}', 'sts:SourceIdentity': '${sts:RoleSessionName}' },
      }),
    });
    this.role.assumeRolePolicy?.addStatements(
      new iam.PolicyStatement({
        sid: 'NameTheSession',
        principals: [issuer],
        actions: ['sts:SetSourceIdentity'],
        conditions: { StringLike: { 'sts:SourceIdentity': anyTask } },
      }),
      new iam.PolicyStatement({
        sid: 'TagTheSession',
        principals: [issuer],
        actions: ['sts:TagSession'],
        conditions: {
          StringLike: { [tag]: anyTask },
          'ForAllValues:StringEquals': { 'aws:TagKeys': [BOUNDARY_TAG] },
          // ForAllValues is also true of a request without tags.
          Null: { 'aws:TagKeys': 'false' },
        },
      }),
    );
  }
}
