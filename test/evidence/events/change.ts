type Path = readonly (string | number)[];

/** The path of each field and list item in a JSON value, at every level, and of one new field in each object. */
export function pathsOf(value: unknown): Path[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => pathsBelow(index, each));
  if (typeof value !== 'object' || value === null) return [];
  return [...Object.entries(value).flatMap(([key, inner]) => pathsBelow(key, inner)), ['added']];
}

const pathsBelow = (key: string | number, inner: unknown): Path[] => [
  [key],
  ...pathsOf(inner).map((path) => [key, ...path]),
];

/** A copy of a value, with the part at the path replaced. */
export function changeAt(value: unknown, [key, ...rest]: Path, change: unknown): unknown {
  if (key === undefined) return change;
  if (Array.isArray(value))
    return value.map((each, index) => (index === key ? changeAt(each, rest, change) : each));
  const fields: Readonly<Record<string, unknown>> = { ...(value as object) };
  return { ...fields, [key]: changeAt(fields[key], rest, change) };
}
