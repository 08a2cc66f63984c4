import type { CompiledStatement, Selection } from './compile.ts';
import { compilePolicy } from './compile.ts';
import { ContextView } from './context.ts';
import { MalformedPolicy } from './malformed.ts';
import type { ResourceTarget } from './patterns.ts';
import { splitArn } from './patterns.ts';
import type { AccessRequest, NamedPolicy, PolicyKind, RequestPrincipal, StatementRef } from './policy.ts';
import type { Naming } from './principals.ts';
import { isSpared, namingOf } from './principals.ts';
import type { PolicyUse } from './use.ts';

/** A request, made ready once for all statements. */
export interface Question {
  readonly principal: RequestPrincipal;
  readonly actionLowerCase: string;
  readonly target: ResourceTarget;
  readonly context: ContextView;
  /** Whether the principal's role has a permissions boundary. */
  readonly bounded: boolean;
}

/** What the policies of one kind say to a question. */
export interface Findings {
  readonly allows: StatementRef[];
  readonly denies: StatementRef[];
  /** How the allowing statements of a resource policy name the principal. */
  readonly namings: Set<Naming>;
}

export function toQuestion(request: AccessRequest, bounded: boolean): Question {
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

function applies(statement: CompiledStatement, question: Question): boolean {
  const { actionLowerCase, target, context } = question;
  return (
    selects(statement.actions, (matches) => matches(actionLowerCase)) &&
    (statement.resources === undefined ||
      selects(statement.resources, (matches) => matches(target, context))) &&
    statement.conditions.every((holds) => holds(context))
  );
}

/** How the statement names who asks: `unnamed` in an identity policy, `undefined` when somebody else is meant. */
function naming(statement: CompiledStatement, question: Question): Naming | 'unnamed' | undefined {
  if (statement.principal !== undefined) return namingOf(statement.principal, question.principal);
  if (statement.notPrincipal === undefined) return 'unnamed';
  return isSpared(statement.notPrincipal, question.principal, question.bounded) ? undefined : 'unnamed';
}

function usable(policy: NamedPolicy, use: PolicyUse): readonly CompiledStatement[] {
  const { statements, unfit } = compilePolicy(policy.document);
  const reason = unfit[use];
  if (reason !== undefined)
    throw new MalformedPolicy(`The policy ${policy.name} cannot be used so: ${reason}`);
  return statements;
}

/** Throws `MalformedPolicy` for a document that cannot stand where it is attached. */
export function findIn(
  policies: readonly NamedPolicy[],
  kind: PolicyKind,
  use: PolicyUse,
  question: Question,
): Findings {
  const findings: Findings = { allows: [], denies: [], namings: new Set() };
  for (const policy of policies) {
    for (const statement of usable(policy, use)) {
      const named = naming(statement, question);
      if (named === undefined || !applies(statement, question)) continue;
      const ref: StatementRef = { kind, policy: policy.name, statement: statement.id };
      (statement.effect === 'Deny' ? findings.denies : findings.allows).push(ref);
      if (statement.effect === 'Allow' && named !== 'unnamed') findings.namings.add(named);
    }
  }
  return findings;
}
