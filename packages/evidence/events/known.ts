/** The keys that a schema names, without the index signature that `z.looseObject` adds. */
type NamedKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: true };

/**
 * The inferred type of a schema of loose objects, without their index signatures, and read-only: a writer that misspells a field or a
 * reader that looks for one that does not exist is a type error, although unknown fields are kept at run time. A `z.record` names no keys
 * and stays as it is.
 */
export type Known<T> = T extends readonly (infer Item)[]
  ? readonly Known<Item>[]
  : T extends object
    ? [NamedKeys<T>] extends [never]
      ? T
      : { readonly [K in keyof T as string extends K ? never : K]: Known<T[K]> }
    : T;
