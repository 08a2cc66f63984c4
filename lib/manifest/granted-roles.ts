import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { isRole } from '../approvals/grantee.ts';
import { IdentityCenterPeople } from '../approvals/identity-center.ts';
import type { ManifestRole, RoleGrant } from '../../core/manifest/manifest.ts';

interface GrantedRole {
  readonly arn: string;
  readonly grants: Set<RoleGrant>;
}

/** The roles that grants of a boundary and its types name. The manifest lists them, so that people can name a role without its ARN. */
export class GrantedRoles {
  readonly #scope: IConstruct;
  readonly #roles = new Map<string, GrantedRole>();

  constructor(scope: IConstruct) {
    this.#scope = scope;
  }

  /** Adds a role, and a grant of it if the manifest contains that grant. Other principals have no name to act under, and are left out. */
  add(grantee: iam.IGrantable, grant?: RoleGrant): void {
    const named = namedRole(grantee, this.#scope);
    if (named === undefined) return;
    const { name, arn } = named;
    const granted = this.#roles.get(name) ?? { arn, grants: new Set() };
    this.#roles.set(name, granted);
    if (grant !== undefined) granted.grants.add(grant);
  }

  /** At most `count` roles, in the order of their first grant. */
  first(count: number): ManifestRole[] {
    return [...this.#roles].slice(0, count).map(([name, { arn, grants }]) => ({
      name,
      arn,
      grants: [...grants].sort(),
    }));
  }

  get names(): readonly string[] {
    return [...this.#roles.keys()];
  }
}

/** A permission set has the name that it has in Identity Center, and a pattern instead of an ARN. */
function namedRole(
  grantee: iam.IGrantable,
  scope: IConstruct,
): Pick<ManifestRole, 'name' | 'arn'> | undefined {
  if (grantee instanceof IdentityCenterPeople)
    return { name: grantee.permissionSet, arn: grantee.rolePattern };
  const principal = grantee.grantPrincipal;
  return isRole(principal) ? { name: nameOf(principal, scope), arn: principal.roleArn } : undefined;
}

/** The path of a construct in its stack; for a construct of another stack, its whole path. */
function nameOf(construct: IConstruct, scope: IConstruct): string {
  const { path } = Stack.of(scope).node;
  const own = `${path}/`;
  return construct.node.path.startsWith(own) ? construct.node.path.slice(own.length) : construct.node.path;
}
