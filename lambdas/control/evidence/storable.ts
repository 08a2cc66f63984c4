/**
 * Levels of lists and objects in a work function's return value. DynamoDB stores 32, and row and event need
 * some of them: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html
 */
export const ANSWER_DEPTH = 24;
/** The smallest number above zero that DynamoDB stores; the same page. */
const SMALLEST_NUMBER = 1e-130;

/**
 * Why the ledger and the evidence could not store a work function's return value exactly as it is, or
 * undefined. A write of such a value fails each time and would stop the teardown, so it is checked before
 * anything is written. Uses a list instead of recursion, because a value may nest deeper than the stack.
 */
export function storageFault(answer: unknown): string | undefined {
  const left: { readonly value: unknown; readonly depth: number }[] = [{ value: answer, depth: 0 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next;
    const fault = faultOf(value, depth);
    if (fault !== undefined) return fault;
    if (typeof value === 'object' && value !== null)
      for (const inner of Object.values(value)) left.push({ value: inner, depth: depth + 1 });
  }
  return undefined;
}

function faultOf(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return textFault(value);
  if (typeof value === 'number') return numberFault(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth >= ANSWER_DEPTH) return `more than ${ANSWER_DEPTH} levels of lists and objects`;
  return Object.keys(value)
    .map(keyFault)
    .find((fault) => fault !== undefined);
}

const textFault = (text: string): string | undefined =>
  text.isWellFormed() ? undefined : 'half of a surrogate pair in a text';

const keyFault = (key: string): string | undefined =>
  key === '' || key === '__proto__' ? `the key ${JSON.stringify(key)}` : textFault(key);

/** Integers beyond this lose digits on the way: https://www.rfc-editor.org/rfc/rfc8785#section-3.2.2.3 */
const numberFault = (number: number): string | undefined =>
  number === 0 || (Math.abs(number) >= SMALLEST_NUMBER && Math.abs(number) <= Number.MAX_SAFE_INTEGER)
    ? undefined
    : `the number ${number}`;
