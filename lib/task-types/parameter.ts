import type { OneOfSpec, SpecOf } from '../../core/task-types/parameters-of.ts';
import { S3_KEY_BYTES } from '../../core/task-types/parameters.ts';

/**
 * What a request may fill in. Values go into the session policy as literals; `core/task-types/parameters.ts` checks them. The types of the
 * declarations give the types of the values: see `ParametersOf`.
 */
export const Parameter = {
  /** One object's key, exactly. */
  s3Key: (options: { readonly maxBytes?: number } = {}): SpecOf<'s3Key'> => ({
    kind: 's3Key',
    maxBytes: options.maxBytes ?? S3_KEY_BYTES,
  }),

  /** A key prefix that ends in `/`: the task is granted everything below it. Only at the very end of a tool's resource. */
  s3Prefix: (options: { readonly maxBytes?: number } = {}): SpecOf<'s3Prefix'> => ({
    kind: 's3Prefix',
    maxBytes: options.maxBytes ?? S3_KEY_BYTES,
  }),

  /** Letters, digits, `_` and `-`. */
  token: (options: { readonly maxCharacters?: number } = {}): SpecOf<'token'> => ({
    kind: 'token',
    maxCharacters: options.maxCharacters ?? 64,
  }),

  integer: (options: { readonly min: number; readonly max: number }): SpecOf<'integer'> => ({
    kind: 'integer',
    ...options,
  }),

  oneOf: <const Value extends string>(...values: readonly Value[]): OneOfSpec<Value> => ({
    kind: 'oneOf',
    values: [...values],
  }),
} as const;
