import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#ck_rolesessionname */
const SESSION_NAME = 'sts:rolesessionname';
/** What the caller cannot choose: their IAM user's name, or the subject that an OIDC provider vouches for. */
const WHO_CALLS = /^\$\{(aws:username|[\w./-]+:sub)\}$/;
/** Beside AssumeRole; they make no session by themselves. */
const HARMLESS = new Set(['sts:TagSession', 'sts:SetSourceIdentity']);

interface TrustStatement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * Why a role's sessions could have a name that their caller chose, or undefined. Looked at when the template is written, whoever opened the
 * trust since; a role that is not in this app is its owner's word. Found by its ARN, so that an import of the app's own role is no way around.
 */
export function pinFault(scope: IConstruct, roleArn: string): string | undefined {
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

/** Whether a statement lets in people under names of their own. Services choose theirs, and no person is one. */
function isOpen(statement: TrustStatement): boolean {
  if (statement.Effect !== 'Allow' || isForServices(statement.Principal)) return false;
  if (statement.NotAction !== undefined || statement.NotPrincipal !== undefined) return true;
  const actions = [statement.Action ?? []].flat().filter((action) => !HARMLESS.has(action));
  return !actions.every((action) => isPinned(action, statement));
}

const isForServices = (principal: unknown): boolean =>
  typeof principal === 'object' &&
  principal !== null &&
  Object.keys(principal).length === 1 &&
  'Service' in principal;

/** SAML's session name is in the provider's assertion; all others are parameters of the call, and need the condition. */
function isPinned(action: string, { Condition = {} }: TrustStatement): boolean {
  if (action === 'sts:AssumeRoleWithSAML') return true;
  if (action !== 'sts:AssumeRole' && action !== 'sts:AssumeRoleWithWebIdentity') return false;
  const pins = Object.entries(Condition['StringEquals'] ?? {}).filter(
    ([key]) => key.toLowerCase() === SESSION_NAME,
  );
  const values = pins.flatMap(([, value]) => value);
  return values.length === 1 && WHO_CALLS.test(String(values[0]));
}
