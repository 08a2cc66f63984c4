import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { DeclarationError } from '../../core/shared/errors.ts';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { acceptOpenResource } from './accepted-findings.ts';

/** One Allow statement of a role. A resource with a `*` or `?` in it needs `openBecause`: the reason, for reader and auditor. */
export interface Permission {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly openBecause?: string;
}

/** Adds permissions to a role's own policy; throws `DeclarationError` on an open resource that nobody gave a reason for. */
export function permit(role: iam.Role, permissions: readonly Permission[]): void {
  for (const permission of permissions) {
    role.addToPolicy(statementOf(permission));
    acceptOpen(role, permission);
  }
}

const statementOf = (permission: Permission): iam.PolicyStatement =>
  new iam.PolicyStatement({
    sid: permission.sid,
    actions: [...permission.actions],
    resources: [...permission.resources],
    ...omitUndefined({ conditions: permission.conditions }),
  });

/** Accepts a permission's open resources with its reason. */
export function acceptOpen(deps: IConstruct, permission: Permission): void {
  for (const resource of permission.resources.filter(isOpen)) {
    if (permission.openBecause === undefined) {
      throw new DeclarationError(
        `Statement ${permission.sid} of ${deps.node.path} has the open resource ${Token.asString(resource)} without a reason. Name the resource, or say why it is open (openBecause).`,
      );
    }
    acceptOpenResource(deps, resource, permission.openBecause);
  }
}

const isOpen = (resource: string): boolean => /[*?]/.test(resource);
