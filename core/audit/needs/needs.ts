import type { TrailEvent } from '../trail-event.ts';
import { dynamodbNeeds } from './dynamodb.ts';
import { kmsNeeds } from './kms.ts';
import type { Need } from './need.ts';
import { otherNeeds } from './others.ts';
import { s3Needs } from './s3.ts';
import { secretsManagerNeeds } from './secrets-manager.ts';

export type { Need } from './need.ts';

const SERVICES: Readonly<Record<string, (event: TrailEvent) => readonly Need[] | undefined>> = {
  s3: s3Needs,
  dynamodb: dynamodbNeeds,
  kms: kmsNeeds,
  secretsmanager: secretsManagerNeeds,
};

/** `s3` of `s3.amazonaws.com`: with the services that are mapped here it is IAM's prefix as well. */
export const prefixOf = (source: string): string => source.replace(/\.amazonaws\.com(\.cn)?$/, '');

/**
 * The permissions that a recorded call needed; none for one that needs none. Undefined when the record does not tell, or the call is not
 * known here: then nobody can say whether a policy allows it.
 */
export function needsOf(event: TrailEvent): readonly Need[] | undefined {
  const prefix = prefixOf(event.source);
  return SERVICES[prefix]?.(event) ?? otherNeeds(prefix, event);
}
