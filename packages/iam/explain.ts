/**
 * Decisions explained in AWS's wording:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
import type { Decision, PolicyKind, StatementRef } from './policy.ts';

const KIND_NAMES: Readonly<Record<PolicyKind, { readonly name: string; readonly withArticle: string }>> = {
  identity: { name: 'identity-based policy', withArticle: 'an identity-based policy' },
  boundary: { name: 'permissions boundary', withArticle: 'a permissions boundary' },
  session: { name: 'session policy', withArticle: 'a session policy' },
  resource: { name: 'resource-based policy', withArticle: 'a resource-based policy' },
};
const TRUST_POLICY = { name: 'role trust policy', withArticle: 'the role trust policy' };

/** For STS actions the resource policy is a role's trust policy, and AWS calls it that. */
function kindNames(
  kind: PolicyKind,
  action: string,
): { readonly name: string; readonly withArticle: string } {
  return kind === 'resource' && action.toLowerCase().startsWith('sts:') ? TRUST_POLICY : KIND_NAMES[kind];
}

/** `no identity-based policy allows the s3:GetObject action`. */
export function implicitDenial(kind: PolicyKind, action: string): string {
  return `no ${kindNames(kind, action).name} allows the ${action} action`;
}

/** `an explicit deny in a session policy (taskbound, statement Deadline)`. */
export function explicitDenial(ref: StatementRef, action: string): string {
  return `an explicit deny in ${kindNames(ref.kind, action).withArticle} (${ref.policy}, statement ${ref.statement})`;
}

/** `allowed by the identity-based policy Ceiling, statement readSource`, with every statement that allows. */
export function allowReasons(refs: readonly StatementRef[], action: string): string {
  const each = refs.map(
    (ref) => `the ${kindNames(ref.kind, action).name} ${ref.policy}, statement ${ref.statement}`,
  );
  return `allowed by ${each.join('; ')}`;
}

/**
 * The end of an AccessDenied message, starting at `because` or `with`: `because no session policy allows the
 * s3:GetObject action`, `with an explicit deny in a permissions boundary`. Empty when the decision is allow.
 */
export function denialReason(decision: Decision, action: string): string {
  if (decision.decidedBy === undefined) return '';
  return decision.decision === 'explicit-deny'
    ? `with an explicit deny in ${kindNames(decision.decidedBy, action).withArticle}`
    : `because ${implicitDenial(decision.decidedBy, action)}`;
}
