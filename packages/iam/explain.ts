/** Decisions in words, as AWS words them: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
import type { Decision, PolicyKind, StatementRef } from './policy.ts';

const KIND_NAMES: Readonly<Record<PolicyKind, { readonly name: string; readonly withArticle: string }>> = {
  identity: { name: 'identity-based policy', withArticle: 'an identity-based policy' },
  boundary: { name: 'permissions boundary', withArticle: 'a permissions boundary' },
  session: { name: 'session policy', withArticle: 'a session policy' },
  resource: { name: 'resource-based policy', withArticle: 'a resource-based policy' },
};
const TRUST_POLICY = { name: 'role trust policy', withArticle: 'the role trust policy' };

/** The resource policies that decide on STS actions are the trust policies of roles, and AWS names them so. */
function wordsFor(kind: PolicyKind, action: string): { readonly name: string; readonly withArticle: string } {
  return kind === 'resource' && action.toLowerCase().startsWith('sts:') ? TRUST_POLICY : KIND_NAMES[kind];
}

/** `no identity-based policy allows the s3:GetObject action`. */
export function implicitDenial(kind: PolicyKind, action: string): string {
  return `no ${wordsFor(kind, action).name} allows the ${action} action`;
}

/** `an explicit deny in a session policy (taskbound, statement Deadline)`. */
export function explicitDenial(ref: StatementRef, action: string): string {
  return `an explicit deny in ${wordsFor(ref.kind, action).withArticle} (${ref.policy}, statement ${ref.statement})`;
}

/** `allowed by the identity-based policy Ceiling, statement readSource`, one for each statement. */
export function grounds(refs: readonly StatementRef[], action: string): string {
  const each = refs.map(
    (ref) => `the ${wordsFor(ref.kind, action).name} ${ref.policy}, statement ${ref.statement}`,
  );
  return `allowed by ${each.join('; ')}`;
}

/**
 * The end of an AccessDenied message, from `because` or `with` on: `because no session policy allows the s3:GetObject
 * action`, `with an explicit deny in a permissions boundary`. Empty for a decision that allows.
 */
export function denialReason(decision: Decision, action: string): string {
  if (decision.decidedBy === undefined) return '';
  return decision.decision === 'explicit-deny'
    ? `with an explicit deny in ${wordsFor(decision.decidedBy, action).withArticle}`
    : `because ${implicitDenial(decision.decidedBy, action)}`;
}
