/**
 * Condition operators:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 */
import type { ContextView } from './context.ts';
import { MalformedPolicy, formatValue } from './malformed.ts';
import { compileArn, splitArn } from './patterns.ts';
import { parseBoolean, parseDate, parseNumber } from './values.ts';
import { compileTemplate, matchesTemplate } from './variables.ts';

/** Whether one value of the request matches one value of the policy. */
export type Match = (value: string, context: ContextView) => boolean;

export interface Operator {
  /** `true` for operators with `Not`: they hold when no value matches. */
  readonly negated: boolean;
  /** Throws `MalformedPolicy` for a value that the operator does not accept. */
  readonly compile: (policyValue: string, variables: boolean) => Match;
}

type Compile = Operator['compile'];

function compileString(options: { readonly wildcards: boolean; readonly foldCase: boolean }): Compile {
  return (policyValue, variables) => {
    const template = compileTemplate(policyValue, { ...options, variables });
    return (value, context) =>
      matchesTemplate(template, options.foldCase ? value.toLowerCase() : value, context);
  };
}

const compileArnValue: Compile = (policyValue, variables) => {
  const pattern = compileArn(policyValue, variables);
  return (value, context) => pattern(splitArn(value), context);
};

/** An operator over parsed values. A value of the request that cannot be parsed matches nothing. */
function compileParsed<T>(
  parse: (text: string) => T | undefined,
  expected: string,
  holds: (value: T, limit: T) => boolean,
): Compile {
  return (policyValue) => {
    const limit = parse(policyValue);
    if (limit === undefined)
      throw new MalformedPolicy(`The condition value ${formatValue(policyValue)} must be ${expected}.`);
    return (value) => {
      const parsed = parse(value);
      return parsed !== undefined && holds(parsed, limit);
    };
  };
}

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  Equals: (value, limit) => value === limit,
  LessThan: (value, limit) => value < limit,
  LessThanEquals: (value, limit) => value <= limit,
  GreaterThan: (value, limit) => value > limit,
  GreaterThanEquals: (value, limit) => value >= limit,
};

/** `DateEquals`, `DateNotEquals`, `DateLessThan`, ... */
function ordered(
  prefix: string,
  parse: (text: string) => number | undefined,
  expected: string,
): [string, Operator][] {
  const operators = Object.entries(comparisons).map(([suffix, holds]): [string, Operator] => [
    `${prefix}${suffix}`,
    { negated: false, compile: compileParsed(parse, expected, holds) },
  ]);
  const equal = compileParsed(parse, expected, (value, limit) => value === limit);
  return [...operators, [`${prefix}NotEquals`, { negated: true, compile: equal }]];
}

/** An operator and its opposite. */
function pair(plain: string, opposite: string, compile: Compile): [string, Operator][] {
  return [
    [plain, { negated: false, compile }],
    [opposite, { negated: true, compile }],
  ];
}

/** Every operator except `Null`, which tests for the key and not for its values. */
export const operators: ReadonlyMap<string, Operator> = new Map([
  ...pair('StringEquals', 'StringNotEquals', compileString({ wildcards: false, foldCase: false })),
  ...pair(
    'StringEqualsIgnoreCase',
    'StringNotEqualsIgnoreCase',
    compileString({ wildcards: false, foldCase: true }),
  ),
  ...pair('StringLike', 'StringNotLike', compileString({ wildcards: true, foldCase: false })),
  // ArnEquals and ArnLike behave identically, wildcards included.
  ...pair('ArnEquals', 'ArnNotEquals', compileArnValue),
  ...pair('ArnLike', 'ArnNotLike', compileArnValue),
  ...ordered('Date', parseDate, 'an ISO 8601 date with its time zone, or epoch seconds'),
  ...ordered('Numeric', parseNumber, 'a decimal number'),
  [
    'Bool',
    {
      negated: false,
      compile: compileParsed(parseBoolean, '"true" or "false"', (value, limit) => value === limit),
    },
  ],
]);
