/**
 * The grammar of policy documents:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
import { MalformedPolicy, formatValue } from './malformed.ts';
import type { PolicyDocument } from './policy.ts';

const VERSIONS: readonly unknown[] = ['2012-10-17', '2008-10-17'];
const DOCUMENT_FIELDS: readonly string[] = ['Version', 'Id', 'Statement'];
const PAIRS = [
  ['Principal', 'NotPrincipal'],
  ['Action', 'NotAction'],
  ['Resource', 'NotResource'],
] as const;
const STATEMENT_FIELDS: readonly string[] = ['Sid', 'Effect', 'Condition', ...PAIRS.flat()];

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(message: string): never {
  throw new MalformedPolicy(message);
}

function checkFields(fields: Fields, allowed: readonly string[], where: string): void {
  const unknown = Object.keys(fields).find((field) => !allowed.includes(field));
  if (unknown !== undefined)
    refuse(`The ${where} has the unknown field ${formatValue(unknown)}; it may have ${allowed.join(', ')}.`);
}

/** A string, or a list of at least one string. */
function checkTexts(value: unknown, what: string): void {
  const list: readonly unknown[] = [value].flat();
  if (list.length === 0) refuse(`${what} must not be an empty list.`);
  if (!list.every((item) => typeof item === 'string'))
    refuse(`${what} must be a string or a list of strings, not ${formatValue(value)}.`);
}

function checkPrincipal(value: unknown, field: string): void {
  if (value === '*') return;
  if (!isObject(value) || Object.keys(value).length === 0)
    return refuse(`${field} must be "*" or an object such as { "AWS": ARN }, not ${formatValue(value)}.`);
  for (const [kind, names] of Object.entries(value)) checkTexts(names, `${field} ${formatValue(kind)}`);
}

function checkConditionValues(values: unknown, where: string): void {
  const list: readonly unknown[] = [values].flat();
  if (list.length === 0) refuse(`${where} must not have an empty list of values.`);
  const wrong = list.find((value) => !['string', 'number', 'boolean'].includes(typeof value));
  if (wrong !== undefined)
    refuse(`${where} must have strings, numbers or booleans as values, not ${formatValue(wrong)}.`);
}

function checkCondition(value: unknown): void {
  if (!isObject(value)) return refuse(`Condition must be an object, not ${formatValue(value)}.`);
  for (const [operator, keys] of Object.entries(value)) {
    if (!isObject(keys) || Object.keys(keys).length === 0)
      return refuse(`Condition ${formatValue(operator)} must be an object with condition keys.`);
    const lower = Object.keys(keys).map((key) => key.toLowerCase());
    const twice = lower.find((key, index) => lower.indexOf(key) !== index);
    if (twice !== undefined)
      refuse(
        `Condition ${formatValue(operator)} has the key ${formatValue(twice)} twice; keys do not differ by case.`,
      );
    for (const [key, values] of Object.entries(keys))
      checkConditionValues(values, `Condition ${formatValue(operator)} on ${formatValue(key)}`);
  }
}

function checkPairs(statement: Fields): void {
  for (const [plain, opposite] of PAIRS) {
    if (plain in statement && opposite in statement)
      refuse(`A statement must not have both ${plain} and ${opposite}.`);
  }
  for (const field of ['Action', 'NotAction', 'Resource', 'NotResource']) {
    if (field in statement) checkTexts(statement[field], field);
  }
  for (const field of ['Principal', 'NotPrincipal']) {
    if (field in statement) checkPrincipal(statement[field], field);
  }
}

function checkStatement(value: unknown): void {
  if (!isObject(value)) return refuse(`A statement must be an object, not ${formatValue(value)}.`);
  checkFields(value, STATEMENT_FIELDS, 'statement');
  if (value['Effect'] !== 'Allow' && value['Effect'] !== 'Deny') {
    refuse(
      `A statement's Effect must be "Allow" or "Deny", not ${'Effect' in value ? formatValue(value['Effect']) : 'absent'}.`,
    );
  }
  if ('Sid' in value && typeof value['Sid'] !== 'string')
    refuse(`A statement's Sid must be a string, not ${formatValue(value['Sid'])}.`);
  checkPairs(value);
  if (!('Action' in value) && !('NotAction' in value))
    refuse('A statement must contain Action or NotAction.');
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html
  if ('NotPrincipal' in value && value['Effect'] === 'Allow')
    refuse('NotPrincipal is supported only with the Effect "Deny".');
  if ('Condition' in value) checkCondition(value['Condition']);
}

function checkSids(statements: readonly unknown[]): void {
  const seen = new Set<unknown>();
  for (const statement of statements) {
    const sid = isObject(statement) ? statement['Sid'] : undefined;
    if (sid === undefined || sid === '') continue;
    if (seen.has(sid)) refuse(`The Sid ${formatValue(sid)} occurs twice in one policy.`);
    seen.add(sid);
  }
}

/**
 * Throws `MalformedPolicy` unless the value has the shape of a policy document. Does not check what its
 * strings mean.
 */
export function checkShape(value: unknown): asserts value is PolicyDocument {
  if (!isObject(value)) return refuse(`A policy must be a JSON object, not ${formatValue(value)}.`);
  checkFields(value, DOCUMENT_FIELDS, 'policy');
  if ('Version' in value && !VERSIONS.includes(value['Version']))
    refuse(
      `The policy's Version must be "2012-10-17" or "2008-10-17", not ${formatValue(value['Version'])}.`,
    );
  if ('Id' in value && typeof value['Id'] !== 'string')
    refuse(`The policy's Id must be a string, not ${formatValue(value['Id'])}.`);
  if (!('Statement' in value)) refuse('The policy has no Statement.');
  const statements: readonly unknown[] = [value['Statement']].flat();
  if (statements.length === 0) refuse('The policy has no Statement.');
  statements.forEach(checkStatement);
  checkSids(statements);
}
