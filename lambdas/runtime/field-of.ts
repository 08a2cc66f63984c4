/** A field of a command's input that is a text and not empty. */
export const fieldOf = (input: object, name: string): string | undefined => {
  const value: unknown = Reflect.get(input, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
};
