/** https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html */
import { fieldsOf, textIn, type TrailEvent } from '../trail/trail-event.ts';
import { need, type Need } from './required-permission.ts';

/** Calls on one key that need the permission of the same name; `ReEncrypt` names two. */
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
/** A call of the session itself has no `kms:ViaService`. */
const SHOWS = ['kms:ViaService', 'kms:CallerAccount'];

/**
 * A service that keeps a value encrypted asks KMS itself while it answers the session, under the session's own key: each `GetSecretValue`
 * leaves a `Decrypt` by `secretsmanager.amazonaws.com`, whoever's the KMS key is. That needs nothing of its own here: the call which the
 * service answers has its own record, and is judged.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
 */
export function kmsNeeds(event: TrailEvent): readonly Need[] | undefined {
  const { name, parameters, caller } = event;
  if (caller.invokedBy !== null && (CALLS.has(name) || name === 'ReEncrypt')) return [];
  const id = textIn(parameters, 'keyId');
  const key = event.resources.find((arn) => arn.includes(':key/')) ?? (id.includes(':key/') ? id : undefined);
  if (!CALLS.has(name) || key === undefined) return undefined;
  return [need(`kms:${name}`, key, context(event), SHOWS)];
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
