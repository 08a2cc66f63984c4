import type * as z from 'zod';
import { MalformedRequest } from './errors.ts';

const SHOWN_CHARACTERS = 80;

/** Checks the form of what a person sent. Throws `MalformedRequest`: one clear message, for the first thing that is wrong. */
export function parseCall<Call>(
  what: string,
  schema: z.ZodType<Call>,
  value: unknown,
  allowed: Readonly<Record<string, string>>,
): Call {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const fields = Object.keys(allowed).join(', ');
  if (issue?.code === 'unrecognized_keys')
    throw new MalformedRequest(
      `Field ${JSON.stringify(issue.keys[0])} of the ${what} is not known; allowed: ${fields}. Remove it.`,
    );
  const field = String(issue?.path[0] ?? '');
  if (field === '')
    throw new MalformedRequest(`The ${what} is no object; it must be one with ${fields}. Correct it.`);
  const seen: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined;
  const shown = seen === undefined ? 'missing' : (JSON.stringify(seen) ?? '?').slice(0, SHOWN_CHARACTERS);
  throw new MalformedRequest(
    `Field ${field} of the ${what} is ${shown}; allowed: ${allowed[field] ?? 'nothing'}. Correct it and try again.`,
  );
}
