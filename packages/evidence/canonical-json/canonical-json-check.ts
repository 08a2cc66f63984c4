/** A work function's result has at most 24 levels. Rows and events nest it in a few levels of their own. */
export const MAX_BUNDLE_DEPTH = 40;

/**
 * Explains why a parsed JSON value has no single canonical form, or returns undefined. Uses a list instead of
 * recursion, because a deeply nested value could overflow the stack.
 */
export function canonicalFault(root: unknown): string | undefined {
  const pending: { readonly value: unknown; readonly depth: number }[] = [{ value: root, depth: 1 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth } = next;
    if (typeof value === 'string' && !value.isWellFormed()) return HALF;
    if (typeof value === 'number' && !isCanonical(value)) return `it contains the number ${textOf(value)}`;
    if (typeof value !== 'object' || value === null) continue;
    if (depth > MAX_BUNDLE_DEPTH) return `it nests deeper than ${MAX_BUNDLE_DEPTH} levels`;
    const fault = keyFault(Object.keys(value));
    if (fault !== undefined) return fault;
    for (const inner of Object.values(value)) pending.push({ value: inner, depth: depth + 1 });
  }
  return undefined;
}

/** A lone surrogate has no UTF-8 encoding, so the value has no canonical form and no hash. */
const HALF = 'it contains an invalid character (a lone surrogate)';

const keyFault = (keys: readonly string[]): string | undefined =>
  keys.includes('__proto__')
    ? 'it contains the key "__proto__", which JSON parsers handle differently'
    : keys.some((key) => !key.isWellFormed())
      ? HALF
      : undefined;

/**
 * -0 has the same canonical form, and so the same hash, as 0. Numbers that are not finite have no canonical
 * form.
 */
const isCanonical = (number: number): boolean => Number.isFinite(number) && !Object.is(number, -0);

const textOf = (number: number): string => (Object.is(number, -0) ? '-0' : String(number));
