import { S3_KEY_BYTES, type ParameterSpec } from '../../core/task-types/parameters.ts';

/** What a request may fill in. Values go into the session policy as literals; `core/task-types/parameters.ts` checks them. */
export const Parameter = {
  /** One object's key, exactly. */
  s3Key: (options: { readonly maxBytes?: number } = {}): ParameterSpec => ({
    kind: 's3Key',
    maxBytes: options.maxBytes ?? S3_KEY_BYTES,
  }),

  /** A key prefix that ends in `/`: the task is granted everything below it. Only at the very end of a tool's resource. */
  s3Prefix: (options: { readonly maxBytes?: number } = {}): ParameterSpec => ({
    kind: 's3Prefix',
    maxBytes: options.maxBytes ?? S3_KEY_BYTES,
  }),

  /** Letters, digits, `_` and `-`. */
  token: (options: { readonly maxCharacters?: number } = {}): ParameterSpec => ({
    kind: 'token',
    maxCharacters: options.maxCharacters ?? 64,
  }),

  integer: (options: { readonly min: number; readonly max: number }): ParameterSpec => ({
    kind: 'integer',
    ...options,
  }),

  oneOf: (...values: readonly string[]): ParameterSpec => ({ kind: 'oneOf', values: [...values] }),
} as const;
