import type { Statement } from 'taskbound-iam/policy';
import type { Usage } from 'taskbound-local/iam/usage';
import type { Template } from 'taskbound-local/template/template';

/** One statement of one role in a template, and the function that removes it. */
export interface RoleStatement {
  /** `RoleLogicalId: Sid, or number and actions`, for people. */
  readonly name: string;
  /** Its Sid or, without one, its index in the policy, starting at 0, as in the usage log. */
  readonly id: string;
  readonly roles: readonly string[];
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly string[];
  readonly trust: boolean;
  without(template: Template): Template;
}

type Holder = { Statement: Statement[] };

const list = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];
const refs = (value: unknown): string[] =>
  Array.isArray(value) ? value.map((item: { Ref: string }) => item.Ref) : [];

/** A trust policy must have a statement. This one allows nothing. */
const NOTHING: Statement = {
  Effect: 'Deny',
  Principal: { AWS: 'arn:aws:iam::111122223333:root' },
  Action: 'sts:AssumeRole',
};

function statementsOf(
  template: Template,
  logicalId: string,
  property: 'PolicyDocument' | 'AssumeRolePolicyDocument',
  roles: readonly string[],
): RoleStatement[] {
  const trust = property === 'AssumeRolePolicyDocument';
  const holder = (of: Template) => of.Resources[logicalId]?.Properties[property] as Holder;
  return holder(template).Statement.map((statement, index) => ({
    name: `${roles.join('+')}${trust ? ' trust' : ''}: ${statement.Sid ?? `${index} ${list(statement.Action).join(' ')}`}`,
    id: statement.Sid ?? String(index),
    roles,
    effect: statement.Effect,
    actions: list(statement.Action),
    trust,
    without: (original) => {
      const copy = structuredClone(original);
      const left = holder(copy).Statement.toSpliced(index, 1);
      holder(copy).Statement = left.length === 0 ? [NOTHING] : left;
      return copy;
    },
  }));
}

/** The roles that have a managed policy of the template. */
const rolesWith = (template: Template, policyId: string): string[] =>
  Object.entries(template.Resources).flatMap(([id, resource]) =>
    resource.Type === 'AWS::IAM::Role' && refs(resource.Properties['ManagedPolicyArns']).includes(policyId)
      ? [id]
      : [],
  );

/** Every statement of every role: trust, inline and managed policies. */
export function roleStatements(template: Template): RoleStatement[] {
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    if (Type === 'AWS::IAM::Role') return statementsOf(template, id, 'AssumeRolePolicyDocument', [id]);
    if (Type === 'AWS::IAM::Policy')
      return statementsOf(template, id, 'PolicyDocument', refs(Properties['Roles']));
    if (Type === 'AWS::IAM::ManagedPolicy')
      return statementsOf(template, id, 'PolicyDocument', rolesWith(template, id));
    return [];
  });
}

/** Whether the statement allowed the call. `nameOf` returns a role's name by its logical id. */
export function allowed(
  { trust, roles, id }: RoleStatement,
  { kind, roleName, policyName, statement }: Usage,
  nameOf: (logicalId: string) => string | undefined,
): boolean {
  const names = roles.map(nameOf);
  if (statement !== id) return false;
  return trust
    ? kind === 'resource' && names.includes(policyName.split('/').at(-1))
    : kind === 'identity' && names.includes(roleName);
}
