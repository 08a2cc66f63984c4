import { AwsError } from '../gateway/service.ts';
import type { QueryInput } from '../gateway/wire/query-service.ts';

/** Throws ValidationError for a parameter that an operation of the query protocol does not support, by its name. Lists are named without index. */
export function assertKnown(input: QueryInput, names: readonly string[]): void {
  const known = new Set(['Action', 'Version', ...names]);
  const unknown = [...input.keys()].find((name) => !known.has(name.split('.')[0] ?? name));
  if (unknown === undefined) return;
  throw new AwsError(
    'ValidationError',
    `The embedded AWS does not support the parameter ${unknown} of ${input.get('Action') ?? ''}; it supports ${names.join(', ') || 'none'}.`,
  );
}
