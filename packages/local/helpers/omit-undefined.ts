/** The type without `undefined`: fields that may be `undefined` become optional. */
export type OmitUndefined<Fields> = {
  [Name in keyof Fields as undefined extends Fields[Name] ? never : Name]: Fields[Name];
} & {
  [Name in keyof Fields as undefined extends Fields[Name] ? Name : never]?: Exclude<Fields[Name], undefined>;
};

/** The fields that have a value, in order. Fields that are `undefined` are omitted. */
export const omitUndefined = <Fields extends object>(fields: Fields): OmitUndefined<Fields> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as OmitUndefined<Fields>;
