import type { RequestContext } from 'taskbound-iam/policy';
import { partitionOf } from '../../names/partition.ts';
import type { Fields } from '../trail/trail-event.ts';

/** One permission that a recorded call needed. */
export interface Need {
  readonly action: string;
  readonly resource: string;
  /** Condition keys of the service whose value the record shows. */
  readonly context: RequestContext;
  /** Condition keys that the record would show: absent from `context`, they were absent from the request. */
  readonly shows: readonly string[];
}

export const need = (
  action: string,
  resource: string,
  context: RequestContext = {},
  shows: readonly string[] = [],
): Need => ({ action, resource, context, shows });

/** `arn:aws:service:region:account:rest` for where the call was recorded. */
export const arnAt = (
  { region, accountId }: { readonly region: string; readonly accountId: string },
  service: string,
  rest: string,
): string => `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${rest}`;

/** Whether one of these fields is there and is no text: then it says something, and nobody here knows what. */
export const isOdd = (fields: Fields, names: readonly string[]): boolean =>
  names.some((name) => typeof (fields[name] ?? '') !== 'string');
