/**
 * Policy evaluation:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
import { explicitDenial, allowReasons, implicitDenial } from './explain.ts';
import type { MatchingStatements, PreparedRequest } from './matching-statements.ts';
import { findMatching, prepareRequest } from './matching-statements.ts';
import type { AccessRequest, Decision, NamedPolicy, PolicyKind, PolicySet, StatementRef } from './policy.ts';

/** The matching statements of each kind of policy; `undefined` where there is no such policy. */
interface MatchesByKind {
  readonly identity: MatchingStatements;
  readonly boundary: MatchingStatements | undefined;
  readonly session: MatchingStatements | undefined;
  /** One for each scope-down policy. */
  readonly scopes: readonly MatchingStatements[];
  readonly resource: MatchingStatements;
}

/**
 * When several kinds deny, AWS reports one of them and does not document which. Here it is the first of
 * these.
 */
const DENY_ORDER = ['identity', 'boundary', 'session', 'resource'] as const;

function matchPolicies(policies: PolicySet, prepared: PreparedRequest, isSession: boolean): MatchesByKind {
  const mine = (kind: PolicyKind, list: readonly NamedPolicy[]) =>
    findMatching(isSession ? list : [], kind, 'identity', prepared);
  const only = (kind: PolicyKind, policy: NamedPolicy | undefined) =>
    isSession && policy !== undefined ? mine(kind, [policy]) : undefined;
  const use = prepared.actionLowerCase.startsWith('sts:') ? 'trust' : 'resource';
  return {
    identity: mine('identity', policies.identity),
    boundary: only('boundary', policies.boundary),
    session: only('session', policies.session),
    scopes: (policies.scopes ?? []).flatMap((policy) => only('session', policy) ?? []),
    resource: findMatching(
      policies.resource === undefined ? [] : [policies.resource],
      'resource',
      use,
      prepared,
    ),
  };
}

/** The matches of one kind of policy. Scope-down policies are session policies. */
const matchesOf = (found: MatchesByKind, kind: PolicyKind): readonly MatchingStatements[] => [
  ...(found[kind] === undefined ? [] : [found[kind]]),
  ...(kind === 'session' ? found.scopes : []),
];

const firstDeny = (found: MatchesByKind): StatementRef | undefined =>
  DENY_ORDER.flatMap((kind) => matchesOf(found, kind).flatMap(({ denies }) => denies))[0];

/** An ARN without an account, such as a bucket's, counts as belonging to the caller's account. */
function isCrossAccount(prepared: PreparedRequest): boolean {
  const owner = prepared.target.arn?.[4] ?? '';
  return /^\d{12}$/.test(owner) && owner !== prepared.principal.accountId;
}

/**
 * Roles and KMS keys: their own policy must allow the call even within their account, at least by naming the
 * account. https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
 */
function requiresResourcePolicy({ actionLowerCase, target }: PreparedRequest): boolean {
  const resource = target.arn?.[5] ?? '';
  if (actionLowerCase.startsWith('sts:')) return resource.startsWith('role/');
  return actionLowerCase.startsWith('kms:') && resource.startsWith('key/');
}

/**
 * The kind of policy that lacks the allow which a role session needs; `undefined` when the session is
 * allowed.
 */
function missingForSession(prepared: PreparedRequest, found: MatchesByKind): PolicyKind | undefined {
  const crossAccount = isCrossAccount(prepared);
  const { principalMatches: namings } = found.resource;
  if ((crossAccount || requiresResourcePolicy(prepared)) && namings.size === 0) return 'resource';
  // A resource policy that names the session or everyone grants directly: implicit denies elsewhere do not
  // apply.
  if (!crossAccount && (namings.has('session') || namings.has('open'))) return undefined;
  // Naming the role replaces an identity policy; naming the account only delegates to the identity policies.
  const granted = found.identity.allows.length > 0 || (!crossAccount && namings.has('role'));
  if (!granted) return 'identity';
  if (found.boundary?.allows.length === 0) return 'boundary';
  return found.session?.allows.length === 0 ? 'session' : undefined;
}

function missingAllow(prepared: PreparedRequest, found: MatchesByKind): PolicyKind | undefined {
  if (prepared.principal.kind === 'role-session')
    return (
      missingForSession(prepared, found) ??
      (found.scopes.some(({ allows }) => allows.length === 0) ? 'session' : undefined)
    );
  if (prepared.principal.kind === 'root' && !isCrossAccount(prepared)) return undefined;
  return found.resource.principalMatches.size > 0 ? undefined : 'resource';
}

function allowed(found: MatchesByKind, action: string): Decision {
  const statements = DENY_ORDER.flatMap((kind) => matchesOf(found, kind).flatMap(({ allows }) => allows));
  const because =
    statements.length === 0
      ? 'the account itself may do everything that no policy denies'
      : allowReasons(statements, action);
  return { decision: 'allow', because, statements };
}

/**
 * Decides one request. An explicit deny in any policy wins. Otherwise a role session needs an allow in its
 * identity policies, its boundary, its session policy and each scope-down policy, or in a resource policy that names it. Services and
 * anonymous callers need a resource policy. The account itself (root) needs none. Throws `MalformedPolicy`
 * for a document that IAM would not accept.
 */
export function decide(request: AccessRequest, policies: PolicySet): Decision {
  const isSession = request.principal.kind === 'role-session';
  const prepared = prepareRequest(request, isSession && policies.boundary !== undefined);
  const found = matchPolicies(policies, prepared, isSession);
  const deny = firstDeny(found);
  if (deny !== undefined) {
    return {
      decision: 'explicit-deny',
      decidedBy: deny.kind,
      because: explicitDenial(deny, request.action),
      statements: [deny],
    };
  }
  const kind = missingAllow(prepared, found);
  if (kind === undefined) return allowed(found, request.action);
  return {
    decision: 'implicit-deny',
    decidedBy: kind,
    because: implicitDenial(kind, request.action),
    statements: [],
  };
}
