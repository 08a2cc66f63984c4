import { expressionText, jsonType } from '../expressions/expression.ts';
import { MAX_SECONDS } from '../limits.ts';
import type { StateRun } from '../run/state-run.ts';

/** Evaluates a field to whole seconds, between `min` and AWS's maximum. */
export async function evaluateSeconds(
  run: StateRun,
  value: number | string,
  field: string,
  min: number,
): Promise<number> {
  const seconds = await evaluateTyped(run, value, field, 'number');
  if (!Number.isInteger(seconds)) {
    throw run.evaluationFailed(
      field,
      `The ${field} field cannot be parsed as an integer: ${JSON.stringify(seconds)}`,
    );
  }
  if (Number(seconds) < min || Number(seconds) > MAX_SECONDS) {
    throw run.evaluationFailed(
      field,
      `The ${field} field must be between ${min} and ${MAX_SECONDS}, but was: ${JSON.stringify(seconds)}`,
    );
  }
  return Number(seconds);
}

/** Evaluates a field whose result must have the given JSON type. Throws AWS's error otherwise. */
export async function evaluateTyped(
  run: StateRun,
  value: unknown,
  field: string,
  type: string,
): Promise<unknown> {
  const result = await run.evaluate(value, field);
  if (jsonType(result) === type) return result;
  const text = typeof value === 'string' ? (expressionText(value) ?? value) : String(value);
  throw run.evaluationFailed(
    field,
    `The JSONata expression '${text}' specified for the field '${field}' returned an unexpected result type. ` +
      `Expected '${type}', but was '${jsonType(result)}' for value: ${JSON.stringify(result)}`,
  );
}
