import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { isRole } from '../approvals/grantee.ts';
import type { ManifestRole, RoleGrant } from '../../core/manifest/manifest.ts';

interface GrantedRole {
  readonly role: iam.IRole;
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
    const principal = grantee.grantPrincipal;
    if (!isRole(principal)) return;
    const name = nameOf(principal, this.#scope);
    const granted = this.#roles.get(name) ?? { role: principal, grants: new Set() };
    this.#roles.set(name, granted);
    if (grant !== undefined) granted.grants.add(grant);
  }

  /** At most `count` roles, in the order of their first grant. */
  first(count: number): ManifestRole[] {
    return [...this.#roles].slice(0, count).map(([name, { role, grants }]) => ({
      name,
      arn: role.roleArn,
      grants: [...grants].sort(),
    }));
  }

  get names(): readonly string[] {
    return [...this.#roles.keys()];
  }
}

/** The path of a construct in its stack; for a construct of another stack, its whole path. */
function nameOf(construct: IConstruct, scope: IConstruct): string {
  const { path } = Stack.of(scope).node;
  const own = `${path}/`;
  return construct.node.path.startsWith(own) ? construct.node.path.slice(own.length) : construct.node.path;
}
