import { knownPart, unknownKeys } from 'taskbound-iam/known-conditions';
import { SECRET_ARN_TAIL } from 'taskbound-evidence/names/secret-id';
import { findMatching, prepareRequest } from 'taskbound-iam/matching-statements';
import { MalformedPolicy, parsePolicy } from 'taskbound-iam/parse';
import { splitArn } from 'taskbound-iam/patterns';
import type { PolicyDocument, RequestContext, RequestPrincipal, Statement } from 'taskbound-iam/policy';
import type { ToolUse } from './work.ts';

/** One call as the worker reported it. */
export type ReportedUse = Pick<ToolUse, 'action' | 'resource' | 'key' | 'outcome'>;

/**
 * Reads a lease's session policy, and returns a function that finds a call's tool: the `Sid` of the statement
 * that allows the call, or null if none is known to allow it.
 *
 * The report does not contain all condition keys (tags, the key of a put item). A condition on a missing key
 * counts as met only if the call succeeded, because AWS has then evaluated it. If more than one statement
 * remains, the result is null. It is also null for a policy that the evaluator cannot read: teardown does not
 * fail because a name is missing.
 */
export function toolFinder(sessionPolicy: string): (use: ReportedUse) => string | null {
  const statements = statementsOf(sessionPolicy);
  return (use) => {
    const found = statements.filter((statement) => covers(statement, use));
    const certain = found.find((statement) => unknownKeys(statement, isReported(use)).length === 0);
    return (certain ?? (found.length === 1 ? found[0] : undefined))?.Sid ?? null;
  };
}

/** What a session policy shows about a call, other than the tool's name. */
export interface PolicyReach {
  /** Whether a statement allows the call, if conditions on keys that are not reported are met. */
  couldAllow(use: ReportedUse): boolean;
  /** Whether the policy contains exactly this resource. */
  names(resource: string): boolean;
}

/** A policy that the evaluator cannot read allows and contains nothing. */
export function policyReach(sessionPolicy: string): PolicyReach {
  const statements = statementsOf(sessionPolicy);
  return {
    couldAllow: (use) => statements.some((statement) => covers(statement, { ...use, outcome: 'ok' })),
    names: (resource) => statements.some(({ Resource = [] }) => [Resource].flat().includes(resource)),
  };
}

function statementsOf(text: string): readonly Statement[] {
  try {
    return [parsePolicy(text, 'identity').Statement].flat().filter(({ Effect }) => Effect === 'Allow');
  } catch (error) {
    if (error instanceof MalformedPolicy) return [];
    throw error;
  }
}

/**
 * The condition keys that a use contains. Of a key with two attributes, it is not known which one is the
 * partition key.
 */
function contextOf({ key }: ReportedUse): RequestContext {
  const values = Object.values(key ?? {});
  return values.length === 1 ? { 'dynamodb:LeadingKeys': values } : {};
}

const isReported =
  (use: ReportedUse) =>
  (key: string): boolean =>
    Object.keys(contextOf(use)).some((told) => told.toLowerCase() === key.toLowerCase());

function covers(statement: Statement, use: ReportedUse): boolean {
  if (use.outcome !== 'ok' && unknownKeys(statement, isReported(use)).length > 0) return false;
  const document: PolicyDocument = {
    Version: '2012-10-17',
    Statement: knownPart(statement, isReported(use)),
  };
  return resourcesOf(statement, use).some((resource) => {
    const request = { principal: ANY_PRINCIPAL, action: use.action, resource, context: contextOf(use) };
    return (
      findMatching([{ name: 'session', document }], 'session', 'identity', prepareRequest(request, false))
        .allows.length > 0
    );
  });
}

/** Identity policies contain no principal, so the caller does not matter. */
const ANY_PRINCIPAL: RequestPrincipal = { kind: 'role-session', accountId: '' };

/**
 * The ARNs that a use may refer to. For a secret that is named without its ARN, the account and region of the
 * statement are used, with an unknown random suffix, which only the pattern `??????` in a policy matches.
 */
function resourcesOf({ Resource = [] }: Statement, { action, resource }: ReportedUse): readonly string[] {
  if (!action.startsWith('secretsmanager:') || resource.startsWith('arn:')) return [resource];
  return [Resource].flat().flatMap((pattern) => {
    const place = splitArn(pattern)?.slice(0, -1);
    return place === undefined ? [] : [[...place, `secret:${resource}${SECRET_ARN_TAIL}`].join(':')];
  });
}
