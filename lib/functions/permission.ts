import { Token } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct, type IConstruct } from 'constructs';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import { DeclarationError } from '../../core/shared/errors.ts';
import { acceptOpenResource } from './accepted-findings.ts';

type Conditions = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** One Allow statement of a role. */
export interface Permission {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** @default - none */
  readonly conditions?: Conditions;
  /** Why a resource contains `*` or `?`, for readers and auditors. @default - no resource may contain one */
  readonly openBecause?: string;
}

/** Adds permissions to a role's own policy. Throws `DeclarationError` for an open resource without a reason. */
export function permit(role: iam.Role, permissions: readonly Permission[]): void {
  for (const permission of permissions) {
    role.addToPolicy(statementOf(permission));
    acceptOpenResources(role, permission);
  }
}

/** Grants several permissions to a principal, in its own policy. */
export function grantAll(grantee: iam.IGrantable, permissions: readonly Permission[]): iam.Grant {
  // A managed policy is a construct itself; its principal is not.
  const construct = [grantee, grantee.grantPrincipal].find((each) => Construct.isConstruct(each));
  if (construct !== undefined)
    for (const permission of permissions) acceptOpenResources(construct, permission);
  return permissions
    .map((permission) => grantOne(grantee, permission))
    .reduce((all, grant) => all.combine(grant));
}

const grantOne = (grantee: iam.IGrantable, { actions, resources, conditions }: Permission): iam.Grant =>
  iam.Grant.addToPrincipal({
    grantee,
    actions: [...actions],
    resourceArns: [...resources],
    ...omitUndefined({ conditions: conditions && copyOf(conditions) }),
  });

const copyOf = (conditions: Conditions): Record<string, Record<string, unknown>> =>
  Object.fromEntries(Object.entries(conditions).map(([operator, keys]) => [operator, { ...keys }]));

const statementOf = ({ sid, actions, resources, conditions }: Permission): iam.PolicyStatement =>
  new iam.PolicyStatement({
    sid,
    actions: [...actions],
    resources: [...resources],
    ...omitUndefined({ conditions }),
  });

function acceptOpenResources(construct: IConstruct, { sid, resources, openBecause }: Permission): void {
  for (const resource of resources.filter(isOpen)) {
    if (openBecause === undefined) {
      throw new DeclarationError(
        `Statement ${sid} of ${construct.node.path} has the open resource ${Token.asString(resource)} without a reason. Name the resource, or give the reason in openBecause.`,
      );
    }
    acceptOpenResource(construct, resource, openBecause);
  }
}

const isOpen = (resource: string): boolean => /[*?]/.test(resource);
