import { knownPart, unknownKeys } from 'taskbound-iam/known-conditions';
import { SECRET_ARN_TAIL } from 'taskbound-evidence/names/secret-id';
import { findMatching, prepareRequest } from 'taskbound-iam/matching-statements';
import { MalformedPolicy, parsePolicy } from 'taskbound-iam/parse';
import { splitArn } from 'taskbound-iam/patterns';
import type { PolicyDocument, RequestContext, RequestPrincipal, Statement } from 'taskbound-iam/policy';
import type { ToolUse } from './work.ts';

/** One call, as the worker tells of it. */
export type ToldUse = Pick<ToolUse, 'action' | 'resource' | 'key' | 'outcome'>;

/**
 * Reads a lease's session policy, and returns what names a call's tool: the `Sid` of the statement that allows it; null where none is known to.
 *
 * What the word does not tell (tags, a put item's key) it cannot decide. A condition on that counts as met only if the call was answered without an
 * error, since AWS has decided it then; and if that leaves more than one statement, none is named. A policy that the evaluator cannot read names
 * no tool: teardown does not fail for want of a name.
 */
export function toolNamer(sessionPolicy: string): (use: ToldUse) => string | null {
  const statements = statementsOf(sessionPolicy);
  return (use) => {
    const found = statements.filter((statement) => covers(statement, use));
    const certain = found.find((statement) => unknownKeys(statement, isTold(use)).length === 0);
    return (certain ?? (found.length === 1 ? found[0] : undefined))?.Sid ?? null;
  };
}

/** What a session policy says of a call beside the tool's name. */
export interface PolicyReach {
  /** Whether a statement allows the call, were its conditions met of which the word does not tell. */
  couldAllow(use: ToldUse): boolean;
  /** Whether the policy itself has this resource, letter for letter. */
  names(resource: string): boolean;
}

/** A policy that the evaluator cannot read allows and names nothing. */
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

/** The condition keys that a use tells. A key of two attributes does not say which of them is the partition's. */
function contextOf({ key }: ToldUse): RequestContext {
  const values = Object.values(key ?? {});
  return values.length === 1 ? { 'dynamodb:LeadingKeys': values } : {};
}

const isTold =
  (use: ToldUse) =>
  (key: string): boolean =>
    Object.keys(contextOf(use)).some((told) => told.toLowerCase() === key.toLowerCase());

function covers(statement: Statement, use: ToldUse): boolean {
  if (use.outcome !== 'ok' && unknownKeys(statement, isTold(use)).length > 0) return false;
  const document: PolicyDocument = { Version: '2012-10-17', Statement: knownPart(statement, isTold(use)) };
  return resourcesOf(statement, use).some((resource) => {
    const request = { principal: NOBODY, action: use.action, resource, context: contextOf(use) };
    return (
      findMatching([{ name: 'session', document }], 'session', 'identity', prepareRequest(request, false))
        .allows.length > 0
    );
  });
}

/** Identity policies name no principal, so it does not matter who asks. */
const NOBODY: RequestPrincipal = { kind: 'role-session', accountId: '' };

/**
 * The ARNs that a use may mean. Of a secret that is named without its ARN, the statement's own place is taken, and six characters that nobody
 * knows, which only a policy's own `??????` matches.
 */
function resourcesOf({ Resource = [] }: Statement, { action, resource }: ToldUse): readonly string[] {
  if (!action.startsWith('secretsmanager:') || resource.startsWith('arn:')) return [resource];
  return [Resource].flat().flatMap((pattern) => {
    const place = splitArn(pattern)?.slice(0, -1);
    return place === undefined ? [] : [[...place, `secret:${resource}${SECRET_ARN_TAIL}`].join(':')];
  });
}
