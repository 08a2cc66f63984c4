import * as z from 'zod';

/** The paths of all fields in a value that its schema does not name. */
export function unknownKeys(schema: z.core.$ZodType, value: unknown, path = ''): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodExactOptional)
    return unknownKeys(schema.unwrap(), value, path);
  if (schema instanceof z.ZodNullable) return value === null ? [] : unknownKeys(schema.unwrap(), value, path);
  if (schema instanceof z.ZodArray && Array.isArray(value))
    return value.flatMap((each) => unknownKeys(schema.element, each, `${path}[]`));
  if (schema instanceof z.ZodUnion) {
    const fits = schema.options.find((option) => z.safeParse(option, value).success);
    return fits === undefined ? [`${path} (no alternative)`] : unknownKeys(fits, value, path);
  }
  return schema instanceof z.ZodObject ? unknownFields(schema, value, path) : [];
}

const unknownFields = (schema: z.ZodObject, value: unknown, path: string): string[] =>
  Object.entries(value ?? {}).flatMap(([key, inner]) => {
    const field = schema.shape[key];
    const at = path === '' ? key : `${path}.${key}`;
    return field === undefined ? [at] : unknownKeys(field, inner, at);
  });
