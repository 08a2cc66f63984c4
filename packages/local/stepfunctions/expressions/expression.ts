import { compileExpression } from './compile.ts';
import { expressionFunctions } from './functions.ts';
import { EvaluationError } from '../run/state-error.ts';

/** The JSONata text between `{%` and `%}`, or `undefined` for a plain string. */
export function expressionText(value: string): string | undefined {
  return value.startsWith('{%') && value.endsWith('%}') && value.length >= 4
    ? value.slice(2, -2).trim()
    : undefined;
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
