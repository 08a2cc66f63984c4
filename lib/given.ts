type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The values without the undefined ones: CDK's optional props take an absent key, not `undefined`. */
export const given = <T extends object>(values: T): Given<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Given<T>;
