import type { CompiledStatement, Selection } from './compile.ts';
import { compilePolicy } from './compile.ts';
import { ContextView } from './context.ts';
import { MalformedPolicy } from './malformed.ts';
import type { ResourceTarget } from './patterns.ts';
import { splitArn } from './patterns.ts';
import type { AccessRequest, NamedPolicy, PolicyKind, RequestPrincipal, StatementRef } from './policy.ts';
import type { PrincipalMatch } from './principals.ts';
import { isExempt, matchPrincipal } from './principals.ts';
import type { PolicyUse } from './use.ts';

/** A request in the form that statements are matched against, prepared once. */
export interface PreparedRequest {
  readonly principal: RequestPrincipal;
  readonly actionLowerCase: string;
  readonly target: ResourceTarget;
  readonly context: ContextView;
  /** Whether the principal's role has a permissions boundary. */
  readonly bounded: boolean;
}

/** The statements of one kind of policy that match a request. */
export interface MatchingStatements {
  readonly allows: StatementRef[];
  readonly denies: StatementRef[];
  /** How the allowing statements of a resource policy name the principal. */
  readonly principalMatches: Set<PrincipalMatch>;
}

export function prepareRequest(request: AccessRequest, bounded: boolean): PreparedRequest {
  return {
    principal: request.principal,
    actionLowerCase: request.action.toLowerCase(),
    target: { text: request.resource, arn: splitArn(request.resource) },
    context: new ContextView(request.context),
    bounded,
  };
}

function selects<T>(selection: Selection<T>, matches: (pattern: T) => boolean): boolean {
  return selection.patterns.some(matches) !== selection.negated;
}

function applies(statement: CompiledStatement, prepared: PreparedRequest): boolean {
  const { actionLowerCase, target, context } = prepared;
  return (
    selects(statement.actions, (matches) => matches(actionLowerCase)) &&
    (statement.resources === undefined ||
      selects(statement.resources, (matches) => matches(target, context))) &&
    statement.conditions.every((holds) => holds(context))
  );
}

/**
 * How the statement names the caller: `unnamed` in an identity policy, `undefined` when it names someone
 * else.
 */
function matchOf(
  statement: CompiledStatement,
  prepared: PreparedRequest,
): PrincipalMatch | 'unnamed' | undefined {
  if (statement.principal !== undefined) return matchPrincipal(statement.principal, prepared.principal);
  if (statement.notPrincipal === undefined) return 'unnamed';
  return isExempt(statement.notPrincipal, prepared.principal, prepared.bounded) ? undefined : 'unnamed';
}

const USE_NAMES: Readonly<Record<PolicyUse, string>> = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy',
  trust: 'a role trust policy',
};

function usableStatements(policy: NamedPolicy, use: PolicyUse): readonly CompiledStatement[] {
  const { statements, useProblems } = compilePolicy(policy.document);
  const reason = useProblems[use];
  if (reason !== undefined)
    throw new MalformedPolicy(`The policy ${policy.name} is not valid as ${USE_NAMES[use]}: ${reason}`);
  return statements;
}

/** Throws `MalformedPolicy` for a document that is not valid for the given use. */
export function findMatching(
  policies: readonly NamedPolicy[],
  kind: PolicyKind,
  use: PolicyUse,
  prepared: PreparedRequest,
): MatchingStatements {
  const matching: MatchingStatements = { allows: [], denies: [], principalMatches: new Set() };
  for (const policy of policies) {
    for (const statement of usableStatements(policy, use)) {
      const named = matchOf(statement, prepared);
      if (named === undefined || !applies(statement, prepared)) continue;
      const ref: StatementRef = { kind, policy: policy.name, statement: statement.id };
      (statement.effect === 'Deny' ? matching.denies : matching.allows).push(ref);
      if (statement.effect === 'Allow' && named !== 'unnamed') matching.principalMatches.add(named);
    }
  }
  return matching;
}
