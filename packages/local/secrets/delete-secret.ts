import { arnOf } from '../gateway/account-and-region.ts';
import { type Call, AwsError } from '../gateway/service.ts';
import { NOT_FOUND, type SecretAccess } from './secret-access.ts';
import type { SecretStore } from './secret-store.ts';

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html */
const MIN_WINDOW_DAYS = 7;
const MAX_WINDOW_DAYS = 30;
const DAY_MS = 86_400_000;

export interface DeleteSecretDeps {
  readonly store: SecretStore;
  readonly access: SecretAccess;
}

export interface DeletionInput {
  readonly SecretId: string;
  readonly RecoveryWindowInDays?: number | undefined;
  readonly ForceDeleteWithoutRecovery?: boolean | undefined;
}

/** Whether a deletion is forced, and when it takes effect. Throws InvalidParameterException. */
function deletionOf(
  input: DeletionInput,
  atMs: number,
): { readonly forced: boolean; readonly goneMs: number } {
  const days = input.RecoveryWindowInDays;
  const forced = input.ForceDeleteWithoutRecovery === true;
  if (forced && days !== undefined) {
    throw new AwsError(
      'InvalidParameterException',
      "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.",
    );
  }
  if (days !== undefined && (days < MIN_WINDOW_DAYS || days > MAX_WINDOW_DAYS)) {
    throw new AwsError(
      'InvalidParameterException',
      `RecoveryWindowInDays value must be between ${MIN_WINDOW_DAYS} and ${MAX_WINDOW_DAYS} days (inclusive), not ${days}.`,
    );
  }
  return { forced, goneMs: forced ? atMs : atMs + (days ?? MAX_WINDOW_DAYS) * DAY_MS };
}

/**
 * The response of a forced deletion when the secret does not exist. It succeeds, so that a repeated deletion
 * does not fail.
 */
function neverExisted(id: string, atMs: number): object {
  const arn = id.startsWith('arn:') ? id : arnOf('secretsmanager', `secret:${id}`);
  return {
    ARN: arn,
    Name: id.startsWith('arn:') ? (id.split(':secret:')[1] ?? id) : id,
    DeletionDate: atMs / 1000,
  };
}

/** Throws InvalidParameterException, AccessDenied, ResourceNotFoundException. */
export function deleteSecret({ store, access }: DeleteSecretDeps, input: DeletionInput, call: Call): object {
  call.record({
    requestParameters: {
      secretId: input.SecretId,
      forceDeleteWithoutRecovery: input.ForceDeleteWithoutRecovery,
    },
  });
  const deletion = deletionOf(input, call.atMs);
  const secret = access.findAuthorized(input.SecretId, 'DeleteSecret', call, {});
  if (secret === undefined) {
    if (deletion.forced) return neverExisted(input.SecretId, call.atMs);
    throw new AwsError('ResourceNotFoundException', NOT_FOUND);
  }
  if (deletion.forced) store.remove(secret.name);
  else {
    Object.assign(secret, { deletedMs: call.atMs, gone: deletion.goneMs });
    store.note(secret.name);
  }
  call.record({
    responseElements: { arn: secret.arn, name: secret.name },
    resources: [{ ARN: secret.arn }],
  });
  return { ARN: secret.arn, Name: secret.name, DeletionDate: deletion.goneMs / 1000 };
}
