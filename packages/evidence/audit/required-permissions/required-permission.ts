import type { RequestContext } from 'taskbound-iam/policy';
import { partitionOf } from '../../names/partition.ts';
import type { Fields } from '../trail/trail-event.ts';

/** One permission that a recorded call needed. */
export interface RequiredPermission {
  readonly action: string;
  readonly resource: string;
  /** The service's condition keys whose values the record contains. */
  readonly context: RequestContext;
  /**
   * Condition keys that such a record always contains. If one is not in `context`, it was not in the request.
   */
  readonly recordedKeys: readonly string[];
}

export const requiredPermission = (
  action: string,
  resource: string,
  context: RequestContext = {},
  recordedKeys: readonly string[] = [],
): RequiredPermission => ({ action, resource, context, recordedKeys });

/** `arn:aws:service:region:account:rest`, with the region and account in which the call was recorded. */
export const arnAt = (
  { region, accountId }: { readonly region: string; readonly accountId: string },
  service: string,
  rest: string,
): string => `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${rest}`;

/** Whether one of these fields has a value that is not text. The meaning of such a value is not known. */
export const hasNonText = (fields: Fields, names: readonly string[]): boolean =>
  names.some((name) => typeof (fields[name] ?? '') !== 'string');
