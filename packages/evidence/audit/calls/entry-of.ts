/** Looks up a name that comes from outside: `constructor` and `__proto__` are not entries of the table. */
export const ownEntry = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;
