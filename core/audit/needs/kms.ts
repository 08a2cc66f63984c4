/** https://docs.aws.amazon.com/kms/latest/developerguide/logging-using-cloudtrail.html */
import { fieldsOf, textIn, type TrailEvent } from '../trail-event.ts';
import { need, type Need } from './need.ts';

/** Calls on one key that need the permission of the same name. */
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
const SHOWS = ['kms:ViaService', 'kms:CallerAccount'];

export function kmsNeeds(event: TrailEvent): readonly Need[] | undefined {
  const id = textIn(event.parameters, 'keyId');
  const key = event.resources.find((arn) => arn.includes(':key/')) ?? (id.includes(':key/') ? id : undefined);
  if (!CALLS.has(event.name) || key === undefined) return undefined;
  return [need(`kms:${event.name}`, key, context(event), SHOWS)];
}

/** A service that decrypts for the session stands in the record as `s3.amazonaws.com`; the condition key names its region too. */
function context(event: TrailEvent): Record<string, string> {
  const { invokedBy } = event.caller;
  const encrypted = Object.entries(fieldsOf(event.parameters['encryptionContext']));
  return {
    'kms:CallerAccount': event.accountId,
    ...(invokedBy !== null && {
      'kms:ViaService': invokedBy.replace(/^([^.]+)\.amazonaws\.com$/, `$1.${event.region}.amazonaws.com`),
    }),
    ...Object.fromEntries(
      encrypted.flatMap(([key, value]) =>
        typeof value === 'string' ? [[`kms:EncryptionContext:${key}`, value]] : [],
      ),
    ),
  };
}
