import type { ConditionBlock, Statement } from './policy.ts';

/** Whether the caller knows the value of a condition key, given in any case. */
type IsKnown = (key: string) => boolean;

/** The statement's condition keys whose values are not known. */
export const unknownKeys = ({ Condition = {} }: Statement, isKnown: IsKnown): string[] =>
  Object.values(Condition).flatMap((keys) => Object.keys(keys).filter((key) => !isKnown(key)));

/** The statement reduced to the conditions whose keys are known. */
export function knownPart({ Condition = {}, ...rest }: Statement, isKnown: IsKnown): Statement {
  const operators = Object.entries(Condition).map(
    ([operator, keys]) =>
      [operator, Object.fromEntries(Object.entries(keys).filter(([key]) => isKnown(key)))] as const,
  );
  const known: ConditionBlock = Object.fromEntries(
    operators.filter(([, keys]) => Object.keys(keys).length > 0),
  );
  return Object.keys(known).length === 0 ? rest : { ...rest, Condition: known };
}
