import type { ConditionBlock, Statement } from './policy.ts';

/** Tells a condition key, in whatever case, that the asker knows the value of. */
type IsKnown = (key: string) => boolean;

/** Condition keys of a statement that the asker knows nothing of. */
export const unknownKeys = ({ Condition = {} }: Statement, isKnown: IsKnown): string[] =>
  Object.values(Condition).flatMap((keys) => Object.keys(keys).filter((key) => !isKnown(key)));

/** The statement with those conditions alone that the asker can decide. */
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
