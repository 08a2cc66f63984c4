/** The type without `undefined`: a field that may be undefined becomes optional. */
export type OmitUndefined<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined>;
};

/**
 * The fields that have a value, in the same order. A field without a value is omitted, not set to
 * `undefined`.
 */
export const omitUndefined = <Fields extends object>(fields: Fields): OmitUndefined<Fields> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as OmitUndefined<Fields>;
