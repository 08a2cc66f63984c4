import { jsonText, named } from '../display/visible.ts';
import { fieldsAt, listed, valueAt } from './policy-fields.ts';
import { literalText, patternWords } from './pattern-words.ts';

/** One condition of a statement, or two that belong together. */
export interface ConditionWords {
  /** In words, for a screen: `only if s3:prefix is "a/"`. Values are quoted, and different conditions have different words. */
  readonly says: string;
  /** As the policy has it: `StringEquals s3:prefix a/`. */
  readonly exact: readonly string[];
}

/** What an operator compares: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
interface Comparison {
  readonly verb: string;
  /** Between several values. IAM needs one of them to match, or none for a negated operator. */
  readonly between: ' or ' | ' nor ';
  /** Whether `*` and `?` are wildcards. */
  readonly isPattern?: boolean;
}

const is = (verb: string): Comparison => ({ verb, between: ' or ' });
const isNot = (verb: string): Comparison => ({ verb, between: ' nor ' });
const pattern = (comparison: Comparison): Comparison => ({ ...comparison, isPattern: true });

const COMPARISONS: ReadonlyMap<string, Comparison> = new Map([
  ['StringEquals', is('is')],
  ['StringNotEquals', isNot('is not')],
  ['StringEqualsIgnoreCase', is('is, in upper or lower case,')],
  ['StringNotEqualsIgnoreCase', isNot('is not, in upper or lower case,')],
  ['StringLike', pattern(is('matches'))],
  ['StringNotLike', pattern(isNot('does not match'))],
  ['ArnEquals', pattern(is('is the ARN'))],
  ['ArnNotEquals', pattern(isNot('is not the ARN'))],
  ['ArnLike', pattern(is('matches the ARN'))],
  ['ArnNotLike', pattern(isNot('does not match the ARN'))],
  ['NumericEquals', is('is the number')],
  ['NumericNotEquals', isNot('is not the number')],
  ['NumericLessThan', is('is less than')],
  ['NumericLessThanEquals', is('is at most')],
  ['NumericGreaterThan', is('is more than')],
  ['NumericGreaterThanEquals', is('is at least')],
  ['DateEquals', is('is the time')],
  ['DateNotEquals', isNot('is not the time')],
  ['DateLessThan', is('is before')],
  ['DateLessThanEquals', is('is at or before')],
  ['DateGreaterThan', is('is after')],
  ['DateGreaterThanEquals', is('is at or after')],
  ['Bool', is('is the Boolean')],
  ['BinaryEquals', is('is the binary value')],
  ['IpAddress', is('is in the address range')],
  ['NotIpAddress', isNot('is not in the address range')],
]);

/** `ForAllValues` is also true without any value: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
const SUBJECTS: Readonly<Record<string, (key: string) => string>> = {
  '': (key) => key,
  IfExists: (key) => `${key} is absent or`,
  'ForAllValues:': (key) => `${key} has no value or each of its values`,
  'ForAllValues:IfExists': (key) => `${key} is absent, has no value or each of its values`,
  'ForAnyValue:': (key) => `one of the values of ${key}`,
  'ForAnyValue:IfExists': (key) => `${key} is absent or one of its values`,
};

const OPERATOR = /^(ForAllValues:|ForAnyValue:)?([A-Za-z]+?)(IfExists)?$/;
const LEADING_KEYS = 'dynamodb:LeadingKeys';

type Operators = readonly (readonly [string, unknown])[];

/** The conditions of a statement. Nothing is left out: what has no words is shown as the policy has it. */
export function conditionWords(statement: unknown): ConditionWords[] {
  const condition = valueAt(statement, 'Condition');
  if (condition === undefined) return [];
  const operators = fieldsAt(condition);
  if (operators.length === 0)
    return [{ says: `only if the condition ${jsonText(condition)} is met`, exact: [jsonText(condition)] }];
  const items = keyedItems(operators);
  return items === undefined
    ? operators.flatMap(operatorWords)
    : [items, ...withoutLeadingKeys(operators).flatMap(operatorWords)];
}

/**
 * The two conditions of `Tool.readItem` and `Tool.putItem`, if they are the first ones. They are one permission: the partition key is one
 * of these values, and the request has one.
 */
function keyedItems([first, second]: Operators): ConditionWords | undefined {
  if (first?.[0] !== 'ForAllValues:StringEquals' || second?.[0] !== 'Null') return undefined;
  const [[key, keys] = [], [nullKey, isAbsent] = []] = [fieldsAt(first[1])[0], fieldsAt(second[1])[0]];
  if (key !== LEADING_KEYS || nullKey !== LEADING_KEYS || isAbsent !== 'false') return undefined;
  const values = textsOf(keys);
  if (values === undefined) return undefined;
  return {
    says: `only items whose partition key is ${values.map(literalText).join(' or ')}`,
    exact: [exactText('ForAllValues:StringEquals', key, keys), exactText('Null', key, isAbsent)],
  };
}

const withoutLeadingKeys = ([first, second, ...rest]: Operators): Operators => [
  ...[first, second].flatMap((operator) => {
    const keys = fieldsAt(operator?.[1]).slice(1);
    return operator === undefined || keys.length === 0
      ? []
      : [[operator[0], Object.fromEntries(keys)] as const];
  }),
  ...rest,
];

function operatorWords([operator, keys]: Operators[number]): ConditionWords[] {
  const fields = fieldsAt(keys);
  if (fields.length === 0) {
    const exact = `${named(operator)} ${jsonText(keys)}`;
    return [{ says: `only if the condition ${exact} is met`, exact: [exact] }];
  }
  return fields.map(([key, values]) => ({
    says: `only if ${sentence(operator, key, values)}`,
    exact: [exactText(operator, key, values)],
  }));
}

function sentence(operator: string, key: string, given: unknown): string {
  const [, set = '', base = '', ifExists = ''] = OPERATOR.exec(operator) ?? [];
  const values = textsOf(given);
  const comparison = COMPARISONS.get(base);
  const subject = SUBJECTS[`${set}${ifExists}`];
  if (operator === 'Null' && (given === 'true' || given === 'false'))
    return `${named(key)} is ${given === 'true' ? 'absent from' : 'present in'} the request`;
  if (values === undefined || comparison === undefined || subject === undefined)
    return `the condition ${named(operator)} ${named(key)} ${jsonText(given)} is met`;
  const text = comparison.isPattern === true ? patternWords : literalText;
  return `${subject(named(key))} ${comparison.verb} ${values.map(text).join(comparison.between)}`;
}

/** Undefined if a value is not a text, or there is none. */
function textsOf(values: unknown): string[] | undefined {
  const all = listed(values);
  const texts = all.filter((each) => typeof each === 'string');
  return texts.length === all.length && texts.length > 0 ? texts : undefined;
}

const exactText = (operator: string, key: string, values: unknown): string =>
  `${operator} ${key} ${listed(values)
    .map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    .join(', ')}`;
