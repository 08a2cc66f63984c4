import type { Expression } from 'jsonata';
import jsonata from 'jsonata';
import { expressionFunctions } from './functions.ts';
import { EvaluationError } from '../run/state-error.ts';

/** The JSONata text between `{%` and `%}`, or `undefined` for a plain string. */
export function expressionText(value: string): string | undefined {
  return value.startsWith('{%') && value.endsWith('%}') && value.length >= 4
    ? value.slice(2, -2).trim()
    : undefined;
}

const compiled = new Map<string, Expression>();

/**
 * Parses an expression, with a cache. Throws for what AWS refuses in CreateStateMachine: a syntax error, or
 * `$eval` (https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html).
 */
export function compileExpression(text: string): Expression {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const expression = parse(text);
  if (usesEval(expression.ast())) throw new Error('$eval is not available in Step Functions; use $parse');
  compiled.set(text, expression);
  return expression;
}

function parse(text: string): Expression {
  try {
    return jsonata(text);
  } catch (error) {
    throw new Error(describe(error), { cause: error });
  }
}

function usesEval(node: unknown): boolean {
  if (typeof node !== 'object' || node === null) return false;
  if ('type' in node && node.type === 'variable' && 'value' in node && node.value === 'eval') return true;
  return Object.values(node).some(usesEval);
}

/** The inputs of an expression: `$states`, the variables, and the time for `$now()` and `$millis()`. */
export interface ExpressionBindings {
  readonly states: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly nowMs: () => number;
}

/**
 * Evaluates an expression to a JSON value. `location` is the field's name for messages.
 * Throws `EvaluationError` when the expression throws, returns nothing, or returns a function.
 */
export async function evaluateExpression(
  text: string,
  bindings: ExpressionBindings,
  location: string,
): Promise<unknown> {
  const prefix = `The JSONata expression '${text}' specified for the field '${location}'`;
  const result = await run(text, bindings, location, prefix);
  if (result === undefined) throw new EvaluationError(location, `${prefix} returned nothing (undefined).`);
  if (isFunction(result))
    throw new EvaluationError(location, `${prefix} returned an unsupported result type.`);
  return JSON.parse(JSON.stringify(result));
}

async function run(
  text: string,
  bindings: ExpressionBindings,
  location: string,
  prefix: string,
): Promise<unknown> {
  try {
    const scope = { ...expressionFunctions(bindings.nowMs), ...bindings.variables, states: bindings.states };
    return await compileExpression(text).evaluate(undefined, scope);
  } catch (error) {
    throw new EvaluationError(location, `${prefix} threw an error during evaluation. ${describe(error)}`);
  }
}

/** JSONata throws plain objects with a code. */
function describe(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${code}${'message' in error && typeof error.message === 'string' ? error.message : ''}`;
}

function isFunction(value: unknown): boolean {
  if (typeof value === 'function') return true;
  return (
    typeof value === 'object' &&
    value !== null &&
    ('_jsonata_lambda' in value || '_jsonata_function' in value)
  );
}

/** The type of a result, as AWS's messages name it. */
export function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
