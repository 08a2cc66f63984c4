import type { StatesField } from '../expressions/references.ts';
import type { State } from './definition.ts';

/** A field that may contain expressions, at any depth. */
export interface ExpressionField {
  /** As AWS writes it: `Catch[0]/Output`. */
  readonly path: string;
  readonly value: unknown;
  /** The fields of `$states` that exist here, besides `input` and `context`. */
  readonly available: readonly StatesField[];
}

const BEFORE_THE_END = ['Arguments', 'TimeoutSeconds', 'Seconds', 'Timestamp', 'Error', 'Cause'];
const AT_THE_END = ['Output', 'Assign'];

/**
 * The fields of a state that AWS evaluates. All others, such as Comment, Next and ErrorEquals, are text even if they look like an
 * expression: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export function expressionFields(state: State): readonly ExpressionField[] {
  const rules = state.Type === 'Choice' ? state.Choices : [];
  const catchers = state.Type === 'Task' ? (state.Catch ?? []) : [];
  return [
    ...fieldsOf(state, '', BEFORE_THE_END, []),
    ...fieldsOf(state, '', AT_THE_END, state.Type === 'Task' ? ['result'] : []),
    ...rules.flatMap((rule, index) => fieldsOf(rule, `Choices[${index}]/`, ['Condition', ...AT_THE_END], [])),
    ...catchers.flatMap((catcher, index) =>
      fieldsOf(catcher, `Catch[${index}]/`, AT_THE_END, ['errorOutput']),
    ),
  ];
}

function fieldsOf(
  owner: object,
  prefix: string,
  names: readonly string[],
  available: readonly StatesField[],
): readonly ExpressionField[] {
  return Object.entries(owner)
    .filter(([name]) => names.includes(name))
    .map(([name, value]) => ({ path: `${prefix}${name}`, value, available }));
}
