import { PARTITION, REGION, ACCOUNT_ID, URL_SUFFIX } from '../gateway/place.ts';
import { TemplateRefused } from './refusal.ts';

/** What the intrinsic functions ask of the stack that they stand in. */
export interface Scope {
  readonly stackName: string;
  readonly stackId: string;
  /** A resource's or parameter's `Ref`. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
}

/** Where a value stands, for messages: `MyFunction.Properties.Role`. */
type Place = string;
type Evaluate = (argument: unknown, scope: Scope, place: Place) => unknown;

/** A property that `AWS::NoValue` takes away. */
const NO_VALUE = Symbol('AWS::NoValue');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function text(value: unknown, place: Place): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new TemplateRefused(`${place} must be text, not ${JSON.stringify(value) ?? 'nothing'}.`);
}

function list(value: unknown, place: Place, length?: number): unknown[] {
  if (Array.isArray(value) && (length === undefined || value.length === length)) return value;
  throw new TemplateRefused(
    `${place} must be a list${length === undefined ? '' : ` of ${length}`}, not ${JSON.stringify(value) ?? 'nothing'}.`,
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html */
function ref(name: string, scope: Scope): unknown {
  switch (name) {
    case 'AWS::AccountId':
      return ACCOUNT_ID;
    case 'AWS::Region':
      return REGION;
    case 'AWS::Partition':
      return PARTITION;
    case 'AWS::URLSuffix':
      return URL_SUFFIX;
    case 'AWS::StackName':
      return scope.stackName;
    case 'AWS::StackId':
      return scope.stackId;
    case 'AWS::NoValue':
      return NO_VALUE;
    default:
      return scope.ref(name);
  }
}

function getAtt(argument: unknown, scope: Scope, place: Place): unknown {
  const parts = typeof argument === 'string' ? argument.split(/\.(.*)/s) : list(argument, place);
  return scope.getAtt(text(parts[0], place), text(evaluate(parts[1], scope, place), place));
}

function sub(argument: unknown, scope: Scope, place: Place): string {
  const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const given = isRecord(variables) ? variables : {};
  return text(pattern, place).replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    if (Object.hasOwn(given, name)) return text(evaluate(given[name], scope, place), place);
    return text(
      name.includes('.') && !name.startsWith('AWS::') ? getAtt(name, scope, place) : ref(name, scope),
      `${place} (${whole})`,
    );
  });
}

function select(argument: unknown, scope: Scope, place: Place): unknown {
  const [index, values] = list(argument, place, 2);
  const found = list(evaluate(values, scope, place), place)[
    Number(text(evaluate(index, scope, place), place))
  ];
  if (found !== undefined) return found;
  throw new TemplateRefused(
    `${place}: Fn::Select asks for element ${JSON.stringify(index)}, which the list has not.`,
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const FUNCTIONS: Readonly<Record<string, Evaluate>> = {
  Ref: (name, scope, place) => ref(text(name, place), scope),
  'Fn::GetAtt': getAtt,
  'Fn::Sub': sub,
  'Fn::Select': select,
  'Fn::Join': (argument, scope, place) => {
    const [separator, values] = list(argument, place, 2);
    const parts = list(evaluate(values, scope, place), place).map((part) => text(part, place));
    return parts.join(text(separator, place));
  },
  'Fn::Split': (argument, scope, place) => {
    const [separator, value] = list(argument, place, 2);
    return text(evaluate(value, scope, place), place).split(text(separator, place));
  },
  'Fn::If': (argument, scope, place) => {
    const [name, yes, no] = list(argument, place, 3);
    return evaluate(scope.condition(text(name, place)) ? yes : no, scope, place);
  },
  Condition: (name, scope, place) => scope.condition(text(name, place)),
  'Fn::Equals': (argument, scope, place) => {
    const [left, right] = list(argument, place, 2).map((side) =>
      JSON.stringify(evaluate(side, scope, place)),
    );
    return left === right;
  },
  'Fn::Not': (argument, scope, place) => evaluate(list(argument, place, 1)[0], scope, place) !== true,
  'Fn::And': (argument, scope, place) =>
    list(argument, place).every((one) => evaluate(one, scope, place) === true),
  'Fn::Or': (argument, scope, place) =>
    list(argument, place).some((one) => evaluate(one, scope, place) === true),
};

/** `{ "Ref": … }` and its like; a policy's `{ "Condition": { … } }` is no function, its argument is no name. */
function functionOf(value: Record<string, unknown>, place: Place): [Evaluate, unknown] | undefined {
  const [name, ...more] = Object.keys(value);
  if (name === undefined || more.length > 0) return undefined;
  if (name === 'Condition' && typeof value[name] !== 'string') return undefined;
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (found !== undefined) return [found, value[name]];
  if (name.startsWith('Fn::'))
    throw new TemplateRefused(`${place} uses ${name}, which the embedded AWS does not support.`);
  return undefined;
}

/** The value with every intrinsic function in it evaluated. */
export function evaluate(value: unknown, scope: Scope, place: Place): unknown {
  if (Array.isArray(value))
    return value
      .map((item, index) => evaluate(item, scope, `${place}[${index}]`))
      .filter((item) => item !== NO_VALUE);
  if (!isRecord(value)) return value;
  const call = functionOf(value, place);
  if (call !== undefined) return call[0](call[1], scope, place);
  const fields = Object.entries(value).map(
    ([name, item]) => [name, evaluate(item, scope, `${place}.${name}`)] as const,
  );
  return Object.fromEntries(fields.filter(([, item]) => item !== NO_VALUE));
}
