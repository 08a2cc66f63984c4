import { ownEntry } from '../calls/entry-of.ts';
import type { TrailEvent } from '../trail/trail-event.ts';
import { dynamodbPermissions } from './dynamodb.ts';
import { kmsPermissions } from './kms.ts';
import type { RequiredPermission } from './required-permission.ts';
import { otherPermissions, simpleActionOf } from './others.ts';
import { s3ActionOf, s3Permissions } from './s3.ts';
import { secretsManagerPermissions } from './secrets-manager.ts';

export type { RequiredPermission } from './required-permission.ts';

const SERVICES: Readonly<Record<string, (event: TrailEvent) => readonly RequiredPermission[] | undefined>> = {
  s3: s3Permissions,
  dynamodb: dynamodbPermissions,
  kms: kmsPermissions,
  secretsmanager: secretsManagerPermissions,
};

/**
 * `s3` from `s3.amazonaws.com`. For the services that are mapped here, it is also the prefix of IAM actions.
 */
export const prefixOf = (source: string): string => source.replace(/\.amazonaws\.com(\.cn)?$/, '');

/**
 * The permissions that a recorded call needed; an empty list if it needed none. Undefined if the record does
 * not show them, or the call is not known here. In that case, whether a policy allows the call cannot be
 * decided.
 */
export function requiredPermissions(event: TrailEvent): readonly RequiredPermission[] | undefined {
  const prefix = prefixOf(event.source);
  const permissionsIn = ownEntry(SERVICES, prefix);
  return permissionsIn === undefined ? otherPermissions(prefix, event) : permissionsIn(event);
}

/**
 * The IAM action of a call, derived from its name alone: records of refused calls often have no parameters.
 * The action has the call's name, except where a service is known to differ.
 */
export function actionOf({ source, name }: TrailEvent): string {
  const prefix = prefixOf(source);
  const known = prefix === 's3' ? s3ActionOf(name) : simpleActionOf(`${prefix}:${name}`);
  return known ?? `${prefix}:${name}`;
}
