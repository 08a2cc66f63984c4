import type { KmsKeys } from '../kms/kms-keys.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { REGION } from '../gateway/account-and-region.ts';
import { type Call, AwsError } from '../gateway/service.ts';
import { unknownSecretArn } from './secret-arn.ts';
import type { Secret, SecretStore } from './secret-store.ts';

export const NOT_FOUND = "Secrets Manager can't find the specified secret.";

/**
 * Finds secrets for callers. Authorizes first, so that an unauthorized caller does not learn whether a secret
 * exists.
 */
export class SecretAccess {
  readonly #store: SecretStore;
  readonly #keys: KmsKeys;

  constructor(store: SecretStore, keys: KmsKeys) {
    this.#store = store;
    this.#keys = keys;
  }

  /** A secret that exists, that the caller may access, and that is not scheduled for deletion. */
  findUsable(id: string, action: string, call: Call, context: Readonly<Record<string, string>> = {}): Secret {
    const secret = this.find(id, action, call, context);
    if (secret.gone === undefined) return secret;
    throw new AwsError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }

  /** Throws ResourceNotFoundException, AccessDenied. */
  find(id: string, action: string, call: Call, context: Readonly<Record<string, string>> = {}): Secret {
    const secret = this.findAuthorized(id, action, call, context);
    if (secret === undefined) throw new AwsError('ResourceNotFoundException', NOT_FOUND);
    return secret;
  }

  /** The secret if it exists. Throws AccessDenied before it looks whether the secret exists. */
  findAuthorized(
    id: string,
    action: string,
    call: Call,
    context: Readonly<Record<string, string>>,
  ): Secret | undefined {
    const found = this.#store.find(id, call.atMs);
    const secret = (found?.knownMs ?? call.atMs) <= call.atMs ? found : undefined;
    const resource = secret?.arn ?? (id.startsWith('arn:') ? id : unknownSecretArn(id));
    const tags = Object.entries(secret?.tags ?? {}).flatMap(([key, value]) => [
      [`secretsmanager:ResourceTag/${key}`, value],
      [`aws:ResourceTag/${key}`, value],
    ]);
    call.record({ resources: [{ ARN: resource }] });
    call.authorize({
      action: `secretsmanager:${action}`,
      resource,
      context: {
        'secretsmanager:SecretId': resource,
        ...(secret && { 'secretsmanager:Name': secret.name }),
        ...Object.fromEntries(tags),
        ...context,
      },
      ...omitUndefined({ resourcePolicy: secret?.policy }),
    });
    return secret;
  }

  /** Throws AccessDenied when the caller may not use the secret's customer managed key. */
  useKey(secret: Secret, call: Call, actions: readonly string[]): void {
    if (secret.kmsKeyId === undefined) return;
    const context = {
      'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com`,
      'kms:CallerAccount': call.caller.accountId,
      'kms:EncryptionContext:SecretARN': secret.arn,
    };
    this.#keys.authorize(call, secret.kmsKeyId, actions, context);
  }
}
