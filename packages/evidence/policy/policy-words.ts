import { DECLARED_NAME } from '../names/ids.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { conditionWords, type ConditionWords } from './condition-words.ts';
import { OWN_SIDS } from './own-statements.ts';
import { resourceWords, type ResourceWords } from './pattern-words.ts';
import { fieldsAt, listed, textAt, valueAt } from './policy-fields.ts';

export interface StatementWords {
  readonly sid: string;
  /** Taskbound's own statements are recognised by their whole form, not by their Sid alone. */
  readonly kind: 'tool' | 'secrets' | 'canary' | 'deadline' | 'other';
  readonly says: string;
  readonly actions: readonly string[];
  readonly resources: readonly ResourceWords[];
  readonly conditions: readonly ConditionWords[];
  /** Of a deadline: the time from which everything is denied, as the policy has it. */
  readonly from?: string;
  /** The statement as the policy has it. */
  readonly exact: unknown;
}

export type PolicyWords = { readonly statements: readonly StatementWords[] } | { readonly fault: string };

/** A session policy in plain English. Any text may be given: one that is not a policy gets a `fault`. */
export function policyWords(policy: string): PolicyWords {
  let document: unknown;
  try {
    document = JSON.parse(policy);
  } catch {
    return { fault: 'It is not JSON, so it is not known what it allowed.' };
  }
  const statements = listed(valueAt(document, 'Statement'));
  return statements.length === 0
    ? { fault: 'It has no statements, so it allowed nothing.' }
    : { statements: statements.map(statementWords) };
}

const texts = (value: unknown): string[] => listed(value).filter((each) => typeof each === 'string');

function statementWords(statement: unknown, index: number): StatementWords {
  const sid = textAt(statement, 'Sid') ?? `statement ${index + 1}`;
  const kind = kindOf(statement, sid);
  const from = kind === 'deadline' ? textAt(statement, ...DEADLINE) : undefined;
  return {
    sid,
    kind,
    says: says(kind, statement, sid),
    actions: texts(valueAt(statement, 'Action')),
    resources: texts(valueAt(statement, 'Resource')).map(resourceWords),
    conditions: conditionWords(statement),
    ...omitUndefined({ from }),
    exact: statement,
  };
}

const DEADLINE = ['Condition', 'DateGreaterThanEquals', 'aws:CurrentTime'] as const;

function kindOf(statement: unknown, sid: string): StatementWords['kind'] {
  const actions = texts(valueAt(statement, 'Action'));
  if (!isComplete(statement)) return 'other';
  if (textAt(statement, 'Effect') === 'Deny') return isDeadline(statement, sid) ? 'deadline' : 'other';
  if (textAt(statement, 'Effect') !== 'Allow') return 'other';
  if (sid === OWN_SIDS.secrets) return isOnly(actions, 'secretsmanager:GetSecretValue') ? 'secrets' : 'other';
  if (sid === OWN_SIDS.canary) return isOnly(actions, 'secretsmanager:DescribeSecret') ? 'canary' : 'other';
  return DECLARED_NAME.test(sid) ? 'tool' : 'other';
}

const ELEMENTS: ReadonlySet<string> = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition']);

/** Whether actions, resources and conditions are all that the statement has: it has no other element, and none of these is empty or not a text. */
const isComplete = (statement: unknown): boolean =>
  fieldsAt(statement).every(([name]) => ELEMENTS.has(name)) &&
  ['Action', 'Resource'].every((name) => {
    const values = listed(valueAt(statement, name));
    return values.length > 0 && values.every((value) => typeof value === 'string');
  });

const isOnly = (values: readonly string[], value: string): boolean =>
  values.length === 1 && values[0] === value;

/** It must deny everything, and the time must be its only condition. */
const isDeadline = (statement: unknown, sid: string): boolean =>
  sid === OWN_SIDS.deadline &&
  isOnly(texts(valueAt(statement, 'Action')), '*') &&
  isOnly(texts(valueAt(statement, 'Resource')), '*') &&
  textAt(statement, ...DEADLINE) !== undefined &&
  fieldsAt(statement, 'Condition').length === 1 &&
  fieldsAt(statement, 'Condition', 'DateGreaterThanEquals').length === 1;

function says(kind: StatementWords['kind'], statement: unknown, sid: string): string {
  switch (kind) {
    case 'tool':
      return `The tool ${sid}: may do this, on these resources.`;
    case 'secrets':
      return 'May read the values of these secrets.';
    case 'canary':
      return 'May ask for the description of this secret: the harmless call with which the proof tries the credential.';
    case 'deadline':
      return `From ${textAt(statement, ...DEADLINE) ?? '?'} on, everything is denied.`;
    case 'other':
      return otherWords(statement, sid);
  }
}

function otherWords(statement: unknown, sid: string): string {
  const effect = textAt(statement, 'Effect');
  const verb = effect === 'Allow' ? 'allows' : effect === 'Deny' ? 'denies' : 'neither allows nor denies';
  const inverted = ['NotAction', 'NotResource'].filter((name) => valueAt(statement, name) !== undefined);
  const beside =
    inverted.length === 0 ? '' : ` It is turned round by ${inverted.join(' and ')}: read its exact text.`;
  return `${sid}: no statement that Taskbound writes. It ${verb} this.${beside}`;
}
