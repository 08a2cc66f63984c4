import { compileExpression } from '../expressions/compile.ts';
import { expressionText } from '../expressions/expression.ts';
import type { StatesField } from '../expressions/references.ts';
import { unsupportedReference } from '../expressions/references.ts';
import type { Refusal } from '../expressions/refusal.ts';
import { ExpressionRefused } from '../expressions/refusal.ts';
import type { Definition } from './definition.ts';
import { expressionFields } from './expression-fields.ts';
import { refusedByAws } from './refused-by-aws.ts';

/** The first expression that AWS refuses in CreateStateMachine, as a message; `undefined` when there is none. */
export function checkExpressions(definition: Definition): string | undefined {
  for (const [name, state] of definition.States) {
    for (const { path, value, available } of expressionFields(state)) {
      const problem = firstProblem(value, `/States/${name}/${path}`, available);
      if (problem !== undefined) return problem;
    }
  }
  return undefined;
}

function firstProblem(
  value: unknown,
  location: string,
  available: readonly StatesField[],
): string | undefined {
  if (typeof value === 'string') return stringProblem(value, location, available);
  if (typeof value !== 'object' || value === null) return undefined;
  const isList = Array.isArray(value);
  for (const [key, child] of Object.entries(value)) {
    const problem = firstProblem(child, isList ? `${location}[${key}]` : `${location}/${key}`, available);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function stringProblem(
  value: string,
  location: string,
  available: readonly StatesField[],
): string | undefined {
  const text = expressionText(value);
  if (text === undefined) return delimiterProblem(value, location);
  const refusal = refusalOf(text, available);
  if (refusal === undefined) return undefined;
  return refusedByAws(
    refusal.code,
    refusal.message,
    location,
    `The expression is '${text}'. ${refusal.advice}`,
  );
}

/**
 * An expression that is opened but not closed, or closed but not opened, is a validation error:
 * https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html. With other characters on both sides, it is text: AWS
 * recorded that for spaces.
 */
function delimiterProblem(value: string, location: string): string | undefined {
  return value.startsWith('{%') || value.endsWith('%}')
    ? `The string '${value}' at ${location} is not a JSONata expression: it must start with '{%' and end with '%}', without spaces before or after them.`
    : undefined;
}

function refusalOf(text: string, available: readonly StatesField[]): Refusal | undefined {
  try {
    return unsupportedReference(compileExpression(text).ast(), available);
  } catch (error) {
    if (error instanceof ExpressionRefused) return error.refusal;
    throw error;
  }
}
