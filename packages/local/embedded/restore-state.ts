import { parsePolicy } from 'taskbound-iam/parse';
import { BEFORE_ALL_CALLS } from '../iam/iam-store.ts';
import { secretOf } from '../secrets/saved-secret.ts';
import type { SavedState } from '../state/saved-state.ts';
import type { EmbeddedServices } from './services.ts';

/**
 * Restores a state into an AWS with the same stack loaded. Skips what belongs to resources that no longer exist. Returns a function that
 * continues the executions that ran.
 */
export async function restoreState(aws: EmbeddedServices, state: SavedState): Promise<() => void> {
  const tables = new Set(aws.dynamodb.tableNames());
  for (const { table, item } of state.items) if (tables.has(table)) await aws.dynamodb.putItem(table, item);
  for (const secret of state.secrets) aws.secrets.store.add(secretOf(secret));
  for (const role of state.roles) aws.iam.restoreRole(role.name, role);
  restorePolicies(aws, state);
  restoreKeys(aws, state);
  restoreObjects(aws, state);
  for (const { queueArn, message } of state.messages) {
    const queue = aws.queues.get(queueArn);
    if (queue !== undefined) aws.queues.send(queue, message);
  }
  aws.keys.restore(state.signingKeys);
  aws.logs.restore(state.logs);
  return aws.states.restore(state.executions);
}

/** Restores the inline policies that were put at run time. The template provides its own. */
function restorePolicies({ iam }: EmbeddedServices, { policies }: SavedState): void {
  for (const { role, name, document } of policies) {
    if (!iam.hasRole(role)) continue;
    const isOfTemplate = iam.inlinePolicies(role, BEFORE_ALL_CALLS).some((own) => own.name === name);
    if (isOfTemplate) continue;
    iam.putInline(role, name, parsePolicy(JSON.stringify(document), 'identity'), BEFORE_ALL_CALLS);
  }
}

/** Restores the keys of people and of sessions, except sessions of roles that no longer exist. */
function restoreKeys({ iam, credentials }: EmbeddedServices, { accessKeys }: SavedState): void {
  const roles = new Set(iam.roles().map(({ name }) => name));
  credentials.restore(
    accessKeys.filter(({ caller }) => caller.kind === 'user' || roles.has(caller.roleName ?? '')),
  );
}

/** Creates missing buckets, as after a bucket was renamed: no object is lost. */
function restoreObjects({ s3 }: EmbeddedServices, { objects }: SavedState): void {
  for (const { bucket, key, object } of objects) {
    s3.createBucket(bucket);
    s3.store.putObject(s3.store.bucket(bucket), key, object);
  }
}

/** Reports what the template made with random parts, so that it is the same at the next start. */
export function noteStack({ changes, keys, iam, secrets }: EmbeddedServices): void {
  for (const [arn, scalar] of Object.entries(keys.scalars()))
    changes.note(['signing-key', arn], () => scalar);
  for (const { name, id, createdMs } of iam.roles()) changes.note(['role', name], () => ({ id, createdMs }));
  for (const { name } of secrets.store.all()) secrets.store.note(name);
}
