/**
 * Condition blocks:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
import type { ContextView } from './context.ts';
import { MalformedPolicy, formatValue } from './malformed.ts';
import type { Match, Operator } from './operators.ts';
import { operators } from './operators.ts';
import type { ConditionBlock } from './policy.ts';
import { parseBoolean } from './values.ts';

/** One operator on one key. All tests of a statement must hold. */
export type ConditionTest = (context: ContextView) => boolean;

/** `ForAnyValue:`, `ForAllValues:`, or neither. */
type Quantifier = 'ForAnyValue' | 'ForAllValues' | undefined;

interface ParsedOperator {
  readonly quantifier: Quantifier;
  readonly base: string;
  readonly ifExists: boolean;
}

const OPERATOR = /^(?:(ForAnyValue|ForAllValues):)?([A-Za-z]+?)(IfExists)?$/;

/** Operators of IAM that this evaluator does not support. A policy with one of them is refused, never evaluated without it. */
const UNSUPPORTED: readonly string[] = ['IpAddress', 'NotIpAddress', 'BinaryEquals'];

function parseOperator(text: string): ParsedOperator {
  const [, quantifier, base = '', ifExists] = OPERATOR.exec(text) ?? [];
  if (UNSUPPORTED.includes(base))
    throw new MalformedPolicy(`The condition operator ${formatValue(text)} is not supported here.`);
  const isNull = text === 'Null';
  if (!isNull && !operators.has(base))
    throw new MalformedPolicy(`The condition operator ${formatValue(text)} does not exist.`);
  const known = quantifier === 'ForAnyValue' || quantifier === 'ForAllValues' ? quantifier : undefined;
  return { quantifier: known, base, ifExists: ifExists !== undefined };
}

/** `"Null": { key: "true" }` holds when the key is absent, `"false"` when it is present. */
function compileNull(key: string, values: readonly string[]): ConditionTest {
  const wanted = values.length === 1 ? parseBoolean(values[0] ?? '') : undefined;
  if (wanted === undefined)
    throw new MalformedPolicy(
      `The operator "Null" on ${formatValue(key)} must have the one value "true" or "false".`,
    );
  return (context) => (context.values(key) === undefined) === wanted;
}

/** Whether the condition holds when the key is absent. A negated operator holds, because nothing matches. */
function holdsWhenAbsent(parsed: ParsedOperator, operator: Operator): boolean {
  if (parsed.ifExists) return true;
  if (parsed.quantifier !== undefined) return parsed.quantifier === 'ForAllValues';
  return operator.negated;
}

/**
 * Several values in the policy are alternatives. A negated operator holds only if none of them matches.
 * Without a quantifier, a key with several values behaves like `ForAnyValue`; negated, it holds if none of
 * its values matches.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
function compileTest(
  key: string,
  parsed: ParsedOperator,
  operator: Operator,
  matches: readonly Match[],
): ConditionTest {
  const absent = holdsWhenAbsent(parsed, operator);
  const matchesAny = (value: string, context: ContextView) => matches.some((match) => match(value, context));
  const holds = (value: string, context: ContextView) => matchesAny(value, context) !== operator.negated;
  return (context) => {
    const values = context.values(key);
    if (values === undefined) return absent;
    // The set operators ignore empty strings.
    if (parsed.quantifier === 'ForAllValues')
      return values.every((value) => value === '' || holds(value, context));
    if (parsed.quantifier === 'ForAnyValue')
      return values.some((value) => value !== '' && holds(value, context));
    return values.some((value) => matchesAny(value, context)) !== operator.negated;
  };
}

/** `aws`, a service or an identity provider (`gitlab.example.org/ci`), a colon, and a name. */
const CONDITION_KEY = /^[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*(?:\/[\w./-]+)?:[^\s].*$/;

function compileKey(
  operatorText: string,
  keyText: string,
  values: readonly string[],
  variables: boolean,
): ConditionTest {
  if (!CONDITION_KEY.test(keyText))
    throw new MalformedPolicy(
      `The condition key ${formatValue(keyText)} must have a prefix, such as "aws:".`,
    );
  const key = keyText.toLowerCase();
  const parsed = parseOperator(operatorText);
  const operator = operators.get(parsed.base);
  if (operator === undefined) return compileNull(key, values);
  return compileTest(
    key,
    parsed,
    operator,
    values.map((value) => operator.compile(value, variables)),
  );
}

/** Throws `MalformedPolicy` for unknown operators and for values that an operator does not accept. */
export function compileConditions(block: ConditionBlock, variables: boolean): readonly ConditionTest[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) =>
      compileKey(operator, key, [values].flat().map(String), variables),
    ),
  );
}
