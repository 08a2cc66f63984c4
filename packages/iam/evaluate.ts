/** Policy evaluation: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html */
import { explicitDenial, grounds, implicitDenial } from './explain.ts';
import type { Findings, Question } from './findings.ts';
import { findIn, toQuestion } from './findings.ts';
import type { AccessRequest, Decision, NamedPolicy, PolicyKind, PolicySet, StatementRef } from './policy.ts';

/** What each kind of policy says; `undefined` where there is no such policy. */
interface Opinions {
  readonly identity: Findings;
  readonly boundary: Findings | undefined;
  readonly session: Findings | undefined;
  readonly resource: Findings;
}

/** AWS names one kind when several deny, and does not say which; here it is the first of these. */
const DENY_ORDER = ['identity', 'boundary', 'session', 'resource'] as const;

function opinions(policies: PolicySet, question: Question, isSession: boolean): Opinions {
  const mine = (kind: PolicyKind, list: readonly NamedPolicy[]) =>
    findIn(isSession ? list : [], kind, 'identity', question);
  const only = (kind: PolicyKind, policy: NamedPolicy | undefined) =>
    isSession && policy !== undefined ? mine(kind, [policy]) : undefined;
  const use = question.actionLowerCase.startsWith('sts:') ? 'trust' : 'resource';
  return {
    identity: mine('identity', policies.identity),
    boundary: only('boundary', policies.boundary),
    session: only('session', policies.session),
    resource: findIn(policies.resource === undefined ? [] : [policies.resource], 'resource', use, question),
  };
}

function firstDeny(found: Opinions): StatementRef | undefined {
  for (const kind of DENY_ORDER) {
    const deny = found[kind]?.denies[0];
    if (deny !== undefined) return deny;
  }
  return undefined;
}

/** An ARN without an account, such as a bucket's, is taken to be of the caller's account. */
function isCrossAccount(question: Question): boolean {
  const owner = question.target.arn?.[4] ?? '';
  return /^\d{12}$/.test(owner) && owner !== question.principal.accountId;
}

/**
 * Roles and KMS keys: their own policy must allow, in their own account too, if only by naming the account.
 * https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
function needsOwnPolicy({ actionLowerCase, target }: Question): boolean {
  const resource = target.arn?.[5] ?? '';
  if (actionLowerCase.startsWith('sts:')) return resource.startsWith('role/');
  return actionLowerCase.startsWith('kms:') && resource.startsWith('key/');
}

/** The kind of policy for want of which a role's session is refused; `undefined` when it is allowed. */
function missingForSession(question: Question, found: Opinions): PolicyKind | undefined {
  const crossAccount = isCrossAccount(question);
  const { namings } = found.resource;
  if ((crossAccount || needsOwnPolicy(question)) && namings.size === 0) return 'resource';
  // Whoever names the session itself, or everyone, grants directly: no implicit deny takes that away.
  if (!crossAccount && (namings.has('session') || namings.has('open'))) return undefined;
  // Naming the role stands in for its identity policy; naming the account only leaves it to that policy.
  const granted = found.identity.allows.length > 0 || (!crossAccount && namings.has('role'));
  if (!granted) return 'identity';
  if (found.boundary?.allows.length === 0) return 'boundary';
  return found.session?.allows.length === 0 ? 'session' : undefined;
}

function missing(question: Question, found: Opinions): PolicyKind | undefined {
  if (question.principal.kind === 'role-session') return missingForSession(question, found);
  if (question.principal.kind === 'root' && !isCrossAccount(question)) return undefined;
  return found.resource.namings.size > 0 ? undefined : 'resource';
}

function allowed(found: Opinions, action: string): Decision {
  const statements = DENY_ORDER.flatMap((kind) => found[kind]?.allows ?? []);
  const because =
    statements.length === 0 ? 'the account itself may do what no policy denies' : grounds(statements, action);
  return { decision: 'allow', because, statements };
}

/**
 * Decides one request. An explicit deny wins wherever it stands. Otherwise a role's session needs its identity policies,
 * its boundary and its session policy together, or a resource policy that names it; services and strangers need a
 * resource policy; the account itself (root) needs nothing.
 * Throws `MalformedPolicy` for a document that IAM would not have taken.
 */
export function decide(request: AccessRequest, policies: PolicySet): Decision {
  const isSession = request.principal.kind === 'role-session';
  const question = toQuestion(request, isSession && policies.boundary !== undefined);
  const found = opinions(policies, question, isSession);
  const deny = firstDeny(found);
  if (deny !== undefined) {
    return {
      decision: 'explicit-deny',
      decidedBy: deny.kind,
      because: explicitDenial(deny, request.action),
      statements: [deny],
    };
  }
  const kind = missing(question, found);
  if (kind === undefined) return allowed(found, request.action);
  return {
    decision: 'implicit-deny',
    decidedBy: kind,
    because: implicitDenial(kind, request.action),
    statements: [],
  };
}
