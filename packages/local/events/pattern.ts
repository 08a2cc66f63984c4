/** An element of a pattern's array: an exact value, or `{ "prefix": "text" }`. */
type Matcher = string | number | boolean | null | { readonly prefix: string };

/**
 * All fields must match; of an array, one value:
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
export interface EventPattern {
  readonly [field: string]: readonly Matcher[] | EventPattern;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function isMatcher(value: unknown): value is Matcher {
  if (!isObject(value)) return value === null || ['string', 'number', 'boolean'].includes(typeof value);
  const keys = Object.keys(value);
  return keys.length === 1 && typeof value['prefix'] === 'string';
}

/** Why a pattern is not supported, with the field's path; `undefined` when it is. */
export function patternProblem(pattern: unknown, path = 'EventPattern'): string | undefined {
  if (Array.isArray(pattern)) {
    const strange: unknown = pattern.find((matcher) => !isMatcher(matcher));
    if (pattern.length === 0) return `${path} is an empty array, which matches nothing`;
    return strange === undefined
      ? undefined
      : `${path} has ${JSON.stringify(strange)}; only exact values and {"prefix": "text"} are supported`;
  }
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    return `${path} is ${JSON.stringify(pattern)}; arrays of values and objects with fields are supported`;
  for (const [field, inner] of Object.entries(pattern)) {
    if (field === '$or') return `${path}.$or is not supported`;
    const problem = patternProblem(inner, `${path}.${field}`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const matchesOne = (matcher: Matcher, value: unknown): boolean =>
  isObject(matcher)
    ? typeof value === 'string' && value.startsWith(String(matcher['prefix']))
    : matcher === value;

const matchesAny = (matchers: readonly Matcher[], value: unknown): boolean =>
  (Array.isArray(value) ? (value as readonly unknown[]) : [value]).some((one) =>
    matchers.some((matcher) => matchesOne(matcher, one)),
  );

/** Whether an event matches. A field that the event does not have matches nothing, not even `null`. */
export function matchesPattern(pattern: EventPattern, event: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(pattern).every(([field, inner]) => {
    const value = event[field];
    if (value === undefined) return false;
    if (Array.isArray(inner)) return matchesAny(inner as readonly Matcher[], value);
    return isObject(value) && matchesPattern(inner as EventPattern, value);
  });
}
