import { Stack } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname */
const SESSION_NAME = 'sts:rolesessionname';
/** Values that the caller cannot choose: the name of their IAM user, or the subject that an OIDC provider confirms. */
const FIXED_NAME = /^\$\{(aws:username|[\w./-]+:sub)\}$/;
/** Actions that may be allowed besides AssumeRole: they create no session by themselves. */
const NO_SESSION = new Set(['sts:TagSession', 'sts:SetSourceIdentity']);

interface TrustStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Why the caller could choose the name of a role's session, or undefined. Checked when the template is written, so later changes of the
 * trust policy count. The role is found by its ARN, so an import of the app's own role is checked as well. A role outside this app cannot
 * be checked: its owner is responsible for it.
 */
export function sessionNameFault(scope: IConstruct, roleArn: string): string | undefined {
  const role = roleOf(scope, roleArn);
  if (role === undefined) return undefined;
  const trust: unknown = Stack.of(role).resolve(role.assumeRolePolicyDocument);
  const { Statement = [] } = trust as { readonly Statement?: readonly TrustStatement[] };
  const open = [Statement].flat().find((statement) => isOpen(statement));
  return open === undefined
    ? undefined
    : `the trust of ${role.node.path} lets its callers choose their session's name (${JSON.stringify(open)})`;
}

function roleOf(scope: IConstruct, roleArn: string): CfnRole | undefined {
  const named: unknown = Stack.of(scope).resolve(roleArn);
  const [logicalId] = (named as { readonly 'Fn::GetAtt'?: readonly string[] })['Fn::GetAtt'] ?? [];
  return scope.node.root.node
    .findAll()
    .find(
      (each): each is CfnRole =>
        CfnRole.isCfnRole(each) &&
        (Stack.of(each).resolve(each.logicalId) === logicalId ||
          Stack.of(each).resolve(each.attrArn) === named),
    );
}

/** Whether a statement lets people choose the session's name. Services may choose it: a service is not a person. */
function isOpen(statement: TrustStatement): boolean {
  if (statement.Effect !== 'Allow' || isForServices(statement.Principal)) return false;
  if (statement.NotAction !== undefined || statement.NotPrincipal !== undefined) return true;
  const actions = [statement.Action ?? []].flat().filter((action) => !NO_SESSION.has(action));
  return !actions.every((action) => isPinned(action, statement));
}

const isForServices = (principal: unknown): boolean =>
  typeof principal === 'object' &&
  principal !== null &&
  Object.keys(principal).length === 1 &&
  'Service' in principal;

/** With SAML the provider's assertion contains the session name; otherwise it is a parameter of the call, which needs the condition. */
function isPinned(action: string, { Condition = {} }: TrustStatement): boolean {
  if (action === 'sts:AssumeRoleWithSAML') return true;
  if (action !== 'sts:AssumeRole' && action !== 'sts:AssumeRoleWithWebIdentity') return false;
  const pins = Object.entries(Condition['StringEquals'] ?? {}).filter(
    ([key]) => key.toLowerCase() === SESSION_NAME,
  );
  const values = pins.flatMap(([, value]) => value);
  return values.length === 1 && FIXED_NAME.test(String(values[0]));
}
