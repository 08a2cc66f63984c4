import * as z from 'zod';
import { MalformedRequest } from 'taskbound-evidence/errors';

/**
 * An S3 key is at most 1,024 bytes of UTF-8:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 */
export const S3_KEY_BYTES = 1024;

/** The allowed values of a task type's parameter. */
export const parameterSpec = z.discriminatedUnion('kind', [
  /** The exact key of one object. */
  z.strictObject({ kind: z.literal('s3Key'), maxBytes: z.int().min(1).max(S3_KEY_BYTES) }),
  /**
   * A key prefix that ends in `/`. The policy grants all keys below it. This is the only kind that results in
   * a `*`.
   */
  z.strictObject({ kind: z.literal('s3Prefix'), maxBytes: z.int().min(1).max(S3_KEY_BYTES) }),
  /** `[A-Za-z0-9_-]`, up to `maxCharacters`. */
  z.strictObject({ kind: z.literal('token'), maxCharacters: z.int().min(1).max(256) }),
  z.strictObject({ kind: z.literal('integer'), min: z.int(), max: z.int() }),
  z.strictObject({ kind: z.literal('oneOf'), values: z.array(z.string().min(1).max(256)).min(1).max(64) }),
]);
export type ParameterSpec = z.infer<typeof parameterSpec>;
export type ParameterValue = string | number;
export type Parameters = Readonly<Record<string, ParameterValue>>;

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 77)}… (${text.length} characters)` : text;
};

const refuse = (name: string, value: unknown, allowed: string): never => {
  throw new MalformedRequest(
    `Parameter ${name} is ${shown(value)}; allowed: ${allowed}. Correct the request and submit it again.`,
  );
};

/**
 * The characters that AssumeRole accepts in a policy:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
 */
function refuseInexpressible(name: string, value: string): void {
  for (const character of value) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code > 0xff) {
      const point = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
      throw new MalformedRequest(
        `Parameter ${name} has the character ${point}, which a session policy cannot express; allowed: U+0020 to U+00FF. Rename the object, or grant it by a prefix.`,
      );
    }
  }
}

function checkText(name: string, value: unknown, maxBytes: number, what: string): string {
  if (typeof value !== 'string') return refuse(name, value, `${what}, a string`);
  refuseInexpressible(name, value);
  const bytes = Buffer.byteLength(value);
  if (bytes < 1 || bytes > maxBytes) {
    throw new MalformedRequest(
      `Parameter ${name} has ${bytes} bytes; allowed: 1 to ${maxBytes} (${what}). Correct the request and submit it again.`,
    );
  }
  return value;
}

/**
 * Returns the value if it matches its declaration. Otherwise throws `MalformedRequest` with the value seen
 * and the value allowed.
 */
function checkParameter(name: string, spec: ParameterSpec, value: unknown): ParameterValue {
  switch (spec.kind) {
    case 's3Key':
      return checkText(name, value, spec.maxBytes, 'an S3 key');
    case 's3Prefix': {
      const prefix = checkText(name, value, spec.maxBytes, 'an S3 key prefix that ends in "/"');
      return prefix.endsWith('/') ? prefix : refuse(name, value, 'an S3 key prefix that ends in "/"');
    }
    case 'token': {
      const pattern = new RegExp(`^[A-Za-z0-9_-]{1,${spec.maxCharacters}}$`);
      return typeof value === 'string' && pattern.test(value)
        ? value
        : refuse(name, value, `1 to ${spec.maxCharacters} of A-Z a-z 0-9 _ -`);
    }
    case 'integer': {
      const fits =
        typeof value === 'number' && Number.isSafeInteger(value) && value >= spec.min && value <= spec.max;
      return fits ? value : refuse(name, value, `an integer from ${spec.min} to ${spec.max}`);
    }
    case 'oneOf':
      return typeof value === 'string' && spec.values.includes(value)
        ? value
        : refuse(name, value, `one of ${spec.values.join(', ')}`);
  }
}

/** Checks all parameters of a request: none is missing, all are declared, and each has a valid value. */
export function checkParameters(
  specs: Readonly<Record<string, ParameterSpec>>,
  values: Readonly<Record<string, unknown>>,
): Parameters {
  const declared = Object.keys(specs);
  const extra = Object.keys(values).find((name) => !Object.hasOwn(specs, name));
  if (extra !== undefined) {
    throw new MalformedRequest(
      `Parameter ${shown(extra)} is not declared; allowed: ${declared.join(', ') || 'none'}. Remove it.`,
    );
  }
  const checked: Record<string, ParameterValue> = {};
  for (const [name, spec] of Object.entries(specs)) {
    if (!Object.hasOwn(values, name)) {
      throw new MalformedRequest(
        `Parameter ${name} is missing; the type needs ${declared.join(', ')}. Add it.`,
      );
    }
    checked[name] = checkParameter(name, spec, values[name]);
  }
  return checked;
}
