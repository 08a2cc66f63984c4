/** https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html */
import { fieldsOf, textIn, type TrailEvent } from '../trail/trail-event.ts';
import { requiredPermission, type RequiredPermission } from './required-permission.ts';

/** Calls on one key that need the permission of the same name. `ReEncrypt` is not one: it uses two keys. */
const CALLS = new Set([
  'Decrypt',
  'DescribeKey',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateMac',
  'GetPublicKey',
  'Sign',
  'Verify',
  'VerifyMac',
]);
/** Condition keys that are known from a record. `kms:ViaService` is known to be absent: the session itself made the call. */
const RECORDED_KEYS = ['kms:ViaService', 'kms:CallerAccount'];

/**
 * A service that stores encrypted values calls KMS while it answers the session, with the session's own
 * access key: each `GetSecretValue` leaves a `Decrypt` by `secretsmanager.amazonaws.com`, for any KMS key.
 * Such a call needs no permission here, because the call that the service answers has a record of its own,
 * and that record is judged.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function kmsPermissions(event: TrailEvent): readonly RequiredPermission[] | undefined {
  const { name, parameters, caller } = event;
  if (caller.invokedBy !== null && (CALLS.has(name) || name === 'ReEncrypt')) return [];
  const id = textIn(parameters, 'keyId');
  const key = event.resources.find((arn) => arn.includes(':key/')) ?? (id.includes(':key/') ? id : undefined);
  if (!CALLS.has(name) || key === undefined) return undefined;
  return [requiredPermission(`kms:${name}`, key, context(event), RECORDED_KEYS)];
}

function context({ accountId, parameters }: TrailEvent): Record<string, string> {
  const encrypted = Object.entries(fieldsOf(parameters['encryptionContext']));
  return {
    'kms:CallerAccount': accountId,
    ...Object.fromEntries(
      encrypted.flatMap(([key, value]) =>
        typeof value === 'string' ? [[`kms:EncryptionContext:${key}`, value]] : [],
      ),
    ),
  };
}
