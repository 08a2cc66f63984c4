import { entryOf } from '../calls/entry-of.ts';
import type { TrailEvent } from '../trail/trail-event.ts';
import { dynamodbNeeds } from './dynamodb.ts';
import { kmsNeeds } from './kms.ts';
import type { Need } from './required-permission.ts';
import { otherNeeds, simpleActionOf } from './others.ts';
import { s3ActionOf, s3Needs } from './s3.ts';
import { secretsManagerNeeds } from './secrets-manager.ts';

export type { Need } from './required-permission.ts';

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
  const needsIn = entryOf(SERVICES, prefix);
  return needsIn === undefined ? otherNeeds(prefix, event) : needsIn(event);
}

/**
 * The IAM action of a call, as far as its name alone tells: records of refused calls often have no parameters. It has the call's name but
 * where a service is known here to differ.
 */
export function actionOf({ source, name }: TrailEvent): string {
  const prefix = prefixOf(source);
  const known = prefix === 's3' ? s3ActionOf(name) : simpleActionOf(`${prefix}:${name}`);
  return known ?? `${prefix}:${name}`;
}
