import { formatValue } from './malformed.ts';
import type { Statement } from './policy.ts';

/**
 * Where a document is attached. Identity, boundary and session policies share one grammar; trust policies
 * have another.
 */
export type PolicyUse = 'identity' | 'resource' | 'trust';

function namesPrincipal(statement: Statement): boolean {
  return statement.Principal !== undefined || statement.NotPrincipal !== undefined;
}

function namesResource(statement: Statement): boolean {
  return statement.Resource !== undefined || statement.NotResource !== undefined;
}

function identityProblem(statement: Statement): string | undefined {
  if (namesPrincipal(statement)) return 'An identity-based policy must not name a principal.';
  if (!namesResource(statement))
    return 'A statement of an identity-based policy must contain Resource or NotResource.';
  if (!/^[0-9A-Za-z]*$/.test(statement.Sid ?? ''))
    return `The Sid ${formatValue(statement.Sid)} of an identity-based policy must be alphanumeric.`;
  return undefined;
}

function resourceProblem(statement: Statement): string | undefined {
  if (!namesPrincipal(statement))
    return 'A statement of a resource-based policy must contain Principal or NotPrincipal.';
  if (!namesResource(statement))
    return 'A statement of a resource-based policy must contain Resource or NotResource.';
  return undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html */
function trustProblem(statement: Statement): string | undefined {
  if (statement.Principal === undefined) return 'A statement of a role trust policy must contain Principal.';
  if (namesResource(statement)) return 'A role trust policy must not contain Resource or NotResource.';
  const actions = statement.Action === undefined ? [] : [statement.Action].flat();
  if (actions.length === 0) return 'A statement of a role trust policy must contain Action.';
  const foreign = actions.find((action) => !action.toLowerCase().startsWith('sts:'));
  return foreign === undefined
    ? undefined
    : `A role trust policy must contain only STS actions, not ${formatValue(foreign)}.`;
}

const checks = { identity: identityProblem, resource: resourceProblem, trust: trustProblem };

/** The first reason why the statements are not valid for this use, as one sentence; `undefined` when they are. */
export function findUseProblem(use: PolicyUse, statements: readonly Statement[]): string | undefined {
  for (const statement of statements) {
    const reason = checks[use](statement);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
