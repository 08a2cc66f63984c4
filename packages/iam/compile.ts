import type { ConditionTest } from './conditions.ts';
import { compileConditions } from './conditions.ts';
import type { ActionPattern, ResourcePattern } from './patterns.ts';
import { compileAction, compileResource } from './patterns.ts';
import type { OneOrMany, PolicyDocument, Statement } from './policy.ts';
import type { PrincipalPattern } from './principals.ts';
import { compilePrincipal } from './principals.ts';
import { checkShape } from './shape.ts';
import type { PolicyUse } from './use.ts';
import { findUseProblem } from './use.ts';

/** A list of alternatives; negated for `NotAction` and `NotResource`. */
export interface Selection<T> {
  readonly negated: boolean;
  readonly patterns: readonly T[];
}

export interface CompiledStatement {
  /** The `Sid`, or the index as text. */
  readonly id: string;
  readonly effect: Statement['Effect'];
  readonly principal: PrincipalPattern | undefined;
  readonly notPrincipal: PrincipalPattern | undefined;
  readonly actions: Selection<ActionPattern>;
  /** Absent in trust policies, which always apply to the role itself. */
  readonly resources: Selection<ResourcePattern> | undefined;
  readonly conditions: readonly ConditionTest[];
}

export interface CompiledPolicy {
  readonly statements: readonly CompiledStatement[];
  /** For each use, why the document is not valid for it; `undefined` when it is. */
  readonly useProblems: Readonly<Record<PolicyUse, string | undefined>>;
}

function list<T>(value: OneOrMany<T>): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}

function select<T>(
  plain: OneOrMany<string> | undefined,
  opposite: OneOrMany<string> | undefined,
  compile: (text: string) => T,
): Selection<T> | undefined {
  const texts = plain ?? opposite;
  if (texts === undefined) return undefined;
  return { negated: plain === undefined, patterns: list(texts).map(compile) };
}

function compileStatement(statement: Statement, index: number, variables: boolean): CompiledStatement {
  return {
    id: statement.Sid === undefined || statement.Sid === '' ? String(index) : statement.Sid,
    effect: statement.Effect,
    principal: statement.Principal === undefined ? undefined : compilePrincipal(statement.Principal),
    notPrincipal: statement.NotPrincipal === undefined ? undefined : compilePrincipal(statement.NotPrincipal),
    actions: select(statement.Action, statement.NotAction, compileAction) ?? { negated: false, patterns: [] },
    resources: select(statement.Resource, statement.NotResource, (text) => compileResource(text, variables)),
    conditions: compileConditions(statement.Condition ?? {}, variables),
  };
}

const compiled = new WeakMap<PolicyDocument, CompiledPolicy>();

/**
 * Compiles a document and caches the result by object identity: do not change a document after its first use.
 * Throws `MalformedPolicy` for a document that IAM would refuse, or that uses an unsupported element.
 */
export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const known = compiled.get(document);
  if (known !== undefined) return known;
  checkShape(document);
  // Policy variables need this version. In older documents they are plain text.
  const variables = document.Version === '2012-10-17';
  const statements = list(document.Statement);
  const policy: CompiledPolicy = {
    statements: statements.map((statement, index) => compileStatement(statement, index, variables)),
    useProblems: {
      identity: findUseProblem('identity', statements),
      resource: findUseProblem('resource', statements),
      trust: findUseProblem('trust', statements),
    },
  };
  compiled.set(document, policy);
  return policy;
}
