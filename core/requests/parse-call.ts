import type * as z from 'zod';
import { MalformedRequest } from 'taskbound-evidence/errors';

const SHOWN_CHARACTERS = 80;

/** The texts for error messages about a call. */
export interface CallTexts {
  /** `decision` */
  readonly name: string;
  /** The text after a field's name: ` of the decision`. */
  readonly ofCall: string;
  /** The allowed values of each field. */
  readonly allowed: Readonly<Record<string, string>>;
  readonly nextStep: string;
}

/** Parses the body of a call. Throws `MalformedRequest` with one message about the first fault. */
export function parseCall<Call>(schema: z.ZodType<Call>, value: unknown, words: CallTexts): Call {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new MalformedRequest(describeIssue(parsed.error.issues[0], value, words));
}

function describeIssue(issue: z.core.$ZodIssue | undefined, seen: unknown, words: CallTexts): string {
  const { name, ofCall, allowed, nextStep } = words;
  const fields = Object.keys(allowed).join(', ');
  if (issue?.code === 'unrecognized_keys' && issue.path.length === 0)
    return `Field ${JSON.stringify(issue.keys[0])}${ofCall} is not known; allowed: ${fields}. Remove it.`;
  const field = String(issue?.path[0] ?? '');
  if (field === '')
    return `The ${name} is ${describeKind(seen)}; it must be an object with ${fields}. ${nextStep}`;
  return `Field ${field}${ofCall} is ${shownField(seen, field)}; allowed: ${allowed[field] ?? 'nothing'}. ${nextStep}`;
}

function shownField(seen: unknown, field: string): string {
  const value: unknown = typeof seen === 'object' && seen !== null ? Reflect.get(seen, field) : undefined;
  return value === undefined ? 'missing' : (JSON.stringify(value) ?? '?').slice(0, SHOWN_CHARACTERS);
}

const describeKind = (value: unknown): string =>
  Array.isArray(value)
    ? 'an array'
    : value === null || value === undefined
      ? String(value)
      : `a ${typeof value}`;
