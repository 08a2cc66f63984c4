import type * as z from 'zod';
import { MalformedRequest } from 'taskbound-evidence/errors';

const SHOWN_CHARACTERS = 80;

/** How errors speak of a call. */
export interface CallWords {
  /** `decision` */
  readonly name: string;
  /** What follows a field's name: ` of the decision`. */
  readonly ofCall: string;
  /** What each field may hold. */
  readonly allowed: Readonly<Record<string, string>>;
  readonly nextStep: string;
}

/** Checks the form of what somebody sent. Throws `MalformedRequest`: one clear message, for the first thing that is wrong. */
export function parseCall<Call>(schema: z.ZodType<Call>, value: unknown, words: CallWords): Call {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new MalformedRequest(describeIssue(parsed.error.issues[0], value, words));
}

function describeIssue(issue: z.core.$ZodIssue | undefined, seen: unknown, words: CallWords): string {
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
