/** A field of a command's input, if it is non-empty text. */
export const fieldOf = (input: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(input, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
};
