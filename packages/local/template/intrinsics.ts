import { PARTITION, REGION, ACCOUNT_ID, URL_SUFFIX } from '../gateway/account-and-region.ts';
import { TemplateRefused } from './refusal.ts';

/** What intrinsic functions need from their stack. */
export interface StackScope {
  readonly stackName: string;
  readonly stackId: string;
  /** A resource's or parameter's `Ref`. */
  ref(name: string): unknown;
  getAtt(logicalId: string, attribute: string): unknown;
  condition(name: string): boolean;
  /** The value of a two-level key in `Mappings`. */
  mapping(name: string, first: string, second: string): unknown;
  /** The value that another stack exports under this name. */
  importValue(exportName: string): string;
  stackOutput(stackName: string, output: string): string;
}

/** The position of a value in the template, for messages: `MyFunction.Properties.Role`. */
type ValuePath = string;
type Evaluate = (argument: unknown, scope: StackScope, path: ValuePath) => unknown;

/** The value of a property that `AWS::NoValue` removes. */
const NO_VALUE = Symbol('AWS::NoValue');

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function text(value: unknown, path: ValuePath): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value);
  throw new TemplateRefused(`${path} must be text, not ${JSON.stringify(value) ?? 'nothing'}.`);
}

function list(value: unknown, path: ValuePath, length?: number): unknown[] {
  if (Array.isArray(value) && (length === undefined || value.length === length)) return value;
  throw new TemplateRefused(
    `${path} must be a list${length === undefined ? '' : ` of ${length}`}, not ${JSON.stringify(value) ?? 'nothing'}.`,
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/pseudo-parameter-reference.html */
function ref(name: string, scope: StackScope): unknown {
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

function getAtt(argument: unknown, scope: StackScope, path: ValuePath): unknown {
  const parts = typeof argument === 'string' ? argument.split(/\.(.*)/s) : list(argument, path);
  return scope.getAtt(text(parts[0], path), text(evaluate(parts[1], scope, path), path));
}

/** As `Fn.getStackOutput` of the CDK writes it. The embedded AWS has one region. */
function getStackOutput(argument: unknown, scope: StackScope, path: ValuePath): string {
  const { StackName, OutputName } = isRecord(argument) ? argument : {};
  const [stackName, output] = [StackName, OutputName].map((part) => text(evaluate(part, scope, path), path));
  return scope.stackOutput(stackName ?? '', output ?? '');
}

function sub(argument: unknown, scope: StackScope, path: ValuePath): string {
  const [pattern, variables] = Array.isArray(argument) ? argument : [argument, {}];
  const given = isRecord(variables) ? variables : {};
  return text(pattern, path).replace(/\$\{(!?)([^}]+)\}/g, (whole, literal: string, name: string) => {
    if (literal === '!') return `\${${name}}`;
    if (Object.hasOwn(given, name)) return text(evaluate(given[name], scope, path), path);
    return text(
      name.includes('.') && !name.startsWith('AWS::') ? getAtt(name, scope, path) : ref(name, scope),
      `${path} (${whole})`,
    );
  });
}

function select(argument: unknown, scope: StackScope, path: ValuePath): unknown {
  const [index, values] = list(argument, path, 2);
  const found = list(evaluate(values, scope, path), path)[Number(text(evaluate(index, scope, path), path))];
  if (found !== undefined) return found;
  throw new TemplateRefused(
    `${path}: Fn::Select selects element ${JSON.stringify(index)}, which the list does not have.`,
  );
}

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const FUNCTIONS: Readonly<Record<string, Evaluate>> = {
  Ref: (name, scope, path) => ref(text(name, path), scope),
  'Fn::GetAtt': getAtt,
  'Fn::Sub': sub,
  'Fn::Select': select,
  'Fn::Join': (argument, scope, path) => {
    const [separator, values] = list(argument, path, 2);
    const parts = list(evaluate(values, scope, path), path).map((part) => text(part, path));
    return parts.join(text(separator, path));
  },
  'Fn::Split': (argument, scope, path) => {
    const [separator, value] = list(argument, path, 2);
    return text(evaluate(value, scope, path), path).split(text(separator, path));
  },
  'Fn::If': (argument, scope, path) => {
    const [name, yes, no] = list(argument, path, 3);
    return evaluate(scope.condition(text(name, path)) ? yes : no, scope, path);
  },
  'Fn::FindInMap': (argument, scope, path) => {
    const [name = '', first = '', second = ''] = list(argument, path, 3).map((key) =>
      text(evaluate(key, scope, path), path),
    );
    return scope.mapping(name, first, second);
  },
  'Fn::ImportValue': (name, scope, path) => scope.importValue(text(evaluate(name, scope, path), path)),
  'Fn::GetStackOutput': getStackOutput,
  Condition: (name, scope, path) => scope.condition(text(name, path)),
  'Fn::Equals': (argument, scope, path) => {
    const [left, right] = list(argument, path, 2).map((side) => JSON.stringify(evaluate(side, scope, path)));
    return left === right;
  },
  'Fn::Not': (argument, scope, path) => evaluate(list(argument, path, 1)[0], scope, path) !== true,
  'Fn::And': (argument, scope, path) =>
    list(argument, path).every((one) => evaluate(one, scope, path) === true),
  'Fn::Or': (argument, scope, path) =>
    list(argument, path).some((one) => evaluate(one, scope, path) === true),
};

/**
 * An intrinsic function such as `{ "Ref": … }`. A policy's `{ "Condition": { … } }` is not one: its argument
 * is not a name.
 */
function functionOf(value: Record<string, unknown>, path: ValuePath): [Evaluate, unknown] | undefined {
  const [name, ...more] = Object.keys(value);
  if (name === undefined || more.length > 0) return undefined;
  if (name === 'Condition' && typeof value[name] !== 'string') return undefined;
  const found = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (found !== undefined) return [found, value[name]];
  if (name.startsWith('Fn::'))
    throw new TemplateRefused(`${path} uses ${name}, which the embedded AWS does not support.`);
  return undefined;
}

/** The value with every intrinsic function in it evaluated. */
export function evaluate(value: unknown, scope: StackScope, path: ValuePath): unknown {
  if (Array.isArray(value))
    return value
      .map((item, index) => evaluate(item, scope, `${path}[${index}]`))
      .filter((item) => item !== NO_VALUE);
  if (!isRecord(value)) return value;
  const call = functionOf(value, path);
  if (call !== undefined) return call[0](call[1], scope, path);
  const fields = Object.entries(value).map(
    ([name, item]) => [name, evaluate(item, scope, `${path}.${name}`)] as const,
  );
  return Object.fromEntries(fields.filter(([, item]) => item !== NO_VALUE));
}
