/** Row and event nest a work function's answer, which has 24 levels at most, in a few of their own. */
export const MAX_BUNDLE_DEPTH = 40;

/**
 * What of a parsed JSON value two readers might not read alike, or not at all, in words; undefined when nothing is odd. Works off a list
 * instead of calling itself: a value may nest deeper than a stack.
 */
export function canonicalFault(root: unknown): string | undefined {
  const left: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && !value.isWellFormed()) return HALF;
    if (typeof value === 'number' && !isPlain(value)) return `it has the number ${spell(value)}`;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_BUNDLE_DEPTH) return `it nests deeper than ${MAX_BUNDLE_DEPTH} levels`;
    const fault = keyFault(Object.keys(value));
    if (fault !== undefined) return fault;
    for (const inner of Object.values(value)) left.push({ value: inner, depth: depth + 1 });
  }
  return undefined;
}

/** Half of a surrogate pair has no UTF-8, so no canonical form and no hash. */
const HALF = 'it has half of a character (a lone surrogate)';

const keyFault = (keys: readonly string[]): string | undefined =>
  keys.includes('__proto__')
    ? 'it has the key "__proto__", which readers treat in different ways'
    : keys.some((key) => !key.isWellFormed())
      ? HALF
      : undefined;

/** Minus zero has zero's canonical form, so a hash would not tell them apart; what is not finite has none. */
const isPlain = (number: number): boolean => Number.isFinite(number) && !Object.is(number, -0);

const spell = (number: number): string => (Object.is(number, -0) ? '-0' : String(number));
