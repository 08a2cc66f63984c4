import { errorMessage } from '../../helpers/error-message.ts';
import type { Definition } from './definition.ts';
import { compileExpression, expressionText } from '../expressions/expression.ts';

/**
 * The first expression that does not parse or uses an unavailable function, as one sentence; `undefined` when
 * there is none.
 */
export function checkExpressions(definition: Definition): string | undefined {
  for (const [name, state] of definition.States) {
    const problem = firstProblem(state, '');
    if (problem !== undefined) return `State '${name}' (${state.Type}): ${problem}`;
  }
  return undefined;
}

function firstProblem(value: unknown, path: string): string | undefined {
  if (typeof value === 'string') return expressionProblem(value, path);
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, child] of Object.entries(value)) {
    if (key === 'Comment') continue;
    const problem = firstProblem(child, path === '' ? key : `${path}/${key}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function expressionProblem(value: string, path: string): string | undefined {
  const text = expressionText(value);
  if (text === undefined) return undefined;
  try {
    compileExpression(text);
    return undefined;
  } catch (error) {
    return `${path}: the JSONata expression '${text}' is not valid: ${errorMessage(error)}`;
  }
}
