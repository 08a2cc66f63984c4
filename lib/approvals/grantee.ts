import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { IdentityCenterPeople, permissionSetPolicy } from './identity-center.ts';

/** A principal that is a role of the app. */
export const isRole = (principal: object): principal is iam.IRole =>
  'roleArn' in principal && Construct.isConstruct(principal);

/**
 * A grantee whose policies are written in the stack of `scope`. CDK adds a grant to the stack of the role. For a role of another stack of the
 * app, both stacks would then need each other: the role's policy names tables and functions, and the type's configuration names the role. The users of
 * a permission set have a managed policy.
 */
export function granteeIn(scope: IConstruct, grantee: iam.IGrantable): iam.IGrantable {
  if (grantee instanceof IdentityCenterPeople) return permissionSetPolicy(scope, grantee);
  const principal = grantee.grantPrincipal;
  if (!isRole(principal) || Stack.of(principal) === Stack.of(scope)) return grantee;
  const id = `Grantee-${principal.node.addr}`;
  const imported = scope.node.tryFindChild(id);
  return imported !== undefined && isGrantable(imported)
    ? imported
    : iam.Role.fromRoleArn(scope as Construct, id, principal.roleArn);
}

const isGrantable = (construct: IConstruct): construct is IConstruct & iam.IGrantable =>
  'grantPrincipal' in construct;
