import { expressionText } from '../expressions/expression.ts';
import { isLiteralTimestamp } from '../expressions/timestamp.ts';
import type { Definition } from './definition.ts';
import { refusedByAws } from './refused-by-aws.ts';

/** The first literal Timestamp that AWS refuses in CreateStateMachine, as a message; `undefined` when there is none. */
export function checkTimestamps(definition: Definition): string | undefined {
  for (const [name, state] of definition.States) {
    if (state.Type !== 'Wait' || state.Timestamp === undefined) continue;
    if (expressionText(state.Timestamp) !== undefined || isLiteralTimestamp(state.Timestamp)) continue;
    return refusedByAws(
      'SCHEMA_VALIDATION_FAILED',
      'String does not match RFC3339 timestamp',
      `/States/${name}/Timestamp`,
      `It is '${state.Timestamp}'; write it like '2026-11-23T22:00:00Z', or as a JSONata expression, {% … %}.`,
    );
  }
  return undefined;
}
