import * as iam from 'aws-cdk-lib/aws-iam';
import { Aws, Stack } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import {
  permissionSet,
  RESERVED_PATH,
  rolePatternOf,
  type PermissionSet,
} from '../../core/approvals/permission-set.ts';
import { DeclarationError } from '../../core/shared/errors.ts';
import type { Permission } from '../functions/permission.ts';

/** Roles of this account: `arn:aws:iam::111122223333:role/`. */
const ROLE_PREFIX = `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:role/`;

/**
 * The users of a permission set of IAM Identity Center. Identity Center names each session after its user, so each session name is one person.
 * As a principal it is the account with a condition on the role, whose suffix AWS chooses.
 */
export class IdentityCenterPeople implements iam.IGrantable {
  readonly permissionSet: string;
  readonly grantPrincipal: iam.IPrincipal;

  constructor(name: string) {
    if (!permissionSet.shape.permissionSet.safeParse(name).success)
      throw new DeclarationError(
        `The permission set is ${JSON.stringify(name)}; allowed: the name of a permission set of IAM Identity Center, 1 to 32 of A-Z a-z 0-9 _ + = , . @ -. Correct it.`,
      );
    this.permissionSet = name;
    this.grantPrincipal = new iam.AccountRootPrincipal().withConditions({
      ArnLike: { 'aws:PrincipalArn': this.rolePattern },
    });
  }

  /** `arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/*AWSReservedSSO_Operators_*` */
  get rolePattern(): string {
    return rolePatternOf(this.permissionSet, ROLE_PREFIX);
  }

  /** As the functions compare it. */
  get config(): PermissionSet {
    return { permissionSet: this.permissionSet, rolePrefix: ROLE_PREFIX, personal: true };
  }
}

/**
 * The managed policy with what a permission set is granted. Nobody but Identity Center can change the role of a permission set, so a grant cannot
 * add a policy to it: the permission set must name this one as a customer managed policy, with the path `/`.
 */
export function permissionSetPolicy(
  scope: IConstruct,
  { permissionSet: name }: IdentityCenterPeople,
): iam.ManagedPolicy {
  const id = `PermissionSet-${name}`;
  const existing = scope.node.tryFindChild(id);
  if (existing instanceof iam.ManagedPolicy) return existing;
  return new iam.ManagedPolicy(scope as Construct, id, {
    // At most 114 characters of 128: a state machine's name of 80 contains the stack's.
    managedPolicyName: `taskbound-${Stack.of(scope).stackName}-${name}`,
    description: `What the permission set ${name} needs to use ${Stack.of(scope).stackName}. Name it in the permission set as a customer managed policy.`,
  });
}

/** A function reads the role of a caller from Identity Center, whose session does not tell the role's path. Other roles it cannot read. */
export const readReservedRoles: Permission = {
  sid: 'ReadRolesOfIdentityCenter',
  actions: ['iam:GetRole'],
  resources: [`${ROLE_PREFIX}${RESERVED_PATH}*`], // AWS chooses their names.
  openBecause: 'Roles of permission sets are named by AWS; only AWS can create roles under this path.',
};

/** People who act in tasks, for `grantSubmit`, `grantDecide`, `grantEnd`, `grantRead` and `grantDrain`. */
export const People = {
  /**
   * The users of a permission set of IAM Identity Center in this account. They are personal by nature. The permission set must reference the
   * managed policy that the grants write, `taskbound-<stack>-<permission set>`, as a customer managed policy.
   */
  identityCenter: (permissionSet: string): iam.IGrantable => new IdentityCenterPeople(permissionSet),
} as const;
