import * as z from 'zod';

const packed = z.looseObject({
  filename: z.string(),
  size: z.int(),
  unpackedSize: z.int(),
  files: z.array(z.looseObject({ path: z.string() })),
});

/** What `npm pack --json` prints: a list, since npm 12 an object by package name. */
export function packResult(printed: string, name: string): z.infer<typeof packed> {
  const value: unknown = JSON.parse(printed);
  const result = Array.isArray(value) ? value[0] : (value as Record<string, unknown>)[name];
  return packed.parse(result);
}
