/** An entry of a table by a name that others chose: `constructor` and `__proto__` are none. */
export const entryOf = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
