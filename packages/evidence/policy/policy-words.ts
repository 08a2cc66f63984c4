import { DECLARED_NAME } from '../names/ids.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { SECRET_ARN_TAIL } from '../names/secret-id.ts';
import { OWN_SIDS } from './own-statements.ts';
import { fieldsAt, listed, textAt, valueAt } from './policy-fields.ts';

/** Which resources an entry of a policy matches. */
export interface ResourceWords {
  /**
   * `exactly` one; `secret`: the secret with the name `text`, with any random ending; `begins-with`: all that begin with `text`; `pattern`: all
   * that match `text`, which contains wildcards; `everything`.
   */
  readonly reach: 'exactly' | 'secret' | 'begins-with' | 'pattern' | 'everything';
  /** With escaped characters resolved: `${*}` is shown as `*`. A pattern is shown as it is written. */
  readonly text: string;
}

export interface StatementWords {
  readonly sid: string;
  /** Taskbound's own statements are recognised by their whole form, not by their Sid alone. */
  readonly kind: 'tool' | 'secrets' | 'canary' | 'deadline' | 'other';
  readonly says: string;
  readonly actions: readonly string[];
  readonly resources: readonly ResourceWords[];
  /** One text for each condition: `StringEquals s3:prefix a/`. */
  readonly conditions: readonly string[];
  /** Of a deadline: the time from which everything is denied, as the policy has it. */
  readonly from?: string;
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
    conditions: conditionsOf(statement),
    ...omitUndefined({ from }),
  };
}

const DEADLINE = ['Condition', 'DateGreaterThanEquals', 'aws:CurrentTime'] as const;

function kindOf(statement: unknown, sid: string): StatementWords['kind'] {
  const actions = texts(valueAt(statement, 'Action'));
  if (valueAt(statement, 'NotAction') !== undefined || valueAt(statement, 'NotResource') !== undefined)
    return 'other';
  if (textAt(statement, 'Effect') === 'Deny') return isDeadline(statement, sid) ? 'deadline' : 'other';
  if (textAt(statement, 'Effect') !== 'Allow') return 'other';
  if (sid === OWN_SIDS.secrets) return isOnly(actions, 'secretsmanager:GetSecretValue') ? 'secrets' : 'other';
  if (sid === OWN_SIDS.canary) return isOnly(actions, 'secretsmanager:DescribeSecret') ? 'canary' : 'other';
  return DECLARED_NAME.test(sid) ? 'tool' : 'other';
}

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

/** `${*}`, `${?}` and `${$}` mean the characters themselves: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#policy-vars-specialchars */
const ESCAPED = /\$\{([*?$])\}/g;

/** Whether a policy's text contains wildcards or variables. */
export const isWild = (text: string): boolean => /[*?$]/.test(text.replace(ESCAPED, ''));

const withoutEnd = (text: string, end: string): string | undefined =>
  text.endsWith(end) ? text.slice(0, -end.length) : undefined;

export function resourceWords(resource: string): ResourceWords {
  if (/^\*+$/.test(resource)) return { reach: 'everything', text: resource };
  const literal = resource.replace(ESCAPED, '$1');
  if (!isWild(resource)) return { reach: 'exactly', text: literal };
  const secret = withoutEnd(resource, SECRET_ARN_TAIL);
  if (secret !== undefined && !isWild(secret))
    return { reach: 'secret', text: secret.replace(ESCAPED, '$1') };
  const stem = withoutEnd(resource, '*');
  return stem !== undefined && !isWild(stem)
    ? { reach: 'begins-with', text: stem.replace(ESCAPED, '$1') }
    : { reach: 'pattern', text: resource };
}

const conditionsOf = (statement: unknown): string[] =>
  fieldsAt(statement, 'Condition').flatMap(([operator, keys]) =>
    fieldsAt(keys).map(([key, values]) => `${operator} ${key} ${listed(values).map(valueText).join(', ')}`),
  );

const valueText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
