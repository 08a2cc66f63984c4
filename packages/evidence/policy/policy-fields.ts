/** The value at a path in a policy's JSON; undefined where the policy does not have it. A policy may come from anywhere and have any form. */
export function valueAt(document: unknown, ...path: readonly string[]): unknown {
  let value: unknown = document;
  for (const name of path) {
    value =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined;
  }
  return value;
}

/** A string at a path; undefined for anything else. */
export function textAt(document: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(document, ...path);
  return typeof value === 'string' ? value : undefined;
}

/** The fields of an object at a path; none for anything else. */
export function fieldsAt(
  document: unknown,
  ...path: readonly string[]
): readonly (readonly [string, unknown])[] {
  const value = valueAt(document, ...path);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

/** A value that a policy may give alone or in a list. */
export function listed(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
