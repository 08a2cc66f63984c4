type Place = readonly (string | number)[];

/** Every place in a JSON value: each field and list item, at every level, and a new field of each object. */
export function placesIn(value: unknown): Place[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => below(index, each));
  if (typeof value !== 'object' || value === null) return [];
  return [...Object.entries(value).flatMap(([key, inner]) => below(key, inner)), ['added']];
}

const below = (key: string | number, inner: unknown): Place[] => [
  [key],
  ...placesIn(inner).map((place) => [key, ...place]),
];

/** A copy of a value with one place replaced. */
export function changeAt(value: unknown, [key, ...rest]: Place, change: unknown): unknown {
  if (key === undefined) return change;
  if (Array.isArray(value))
    return value.map((each, index) => (index === key ? changeAt(each, rest, change) : each));
  const fields: Readonly<Record<string, unknown>> = { ...(value as object) };
  return { ...fields, [key]: changeAt(fields[key], rest, change) };
}
