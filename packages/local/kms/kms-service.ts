import * as z from 'zod';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { AwsError, type Call } from '../gateway/service.ts';
import { JsonService, operation } from '../gateway/wire/json-service.ts';
import type { KmsKeys } from './kms-keys.ts';
import type { SigningKey } from './signing-key.ts';

const KeyId = z.string().min(1).max(2048);
/** https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html */
const SignInput = z.strictObject({
  KeyId,
  Message: z.base64(),
  MessageType: z.literal('DIGEST'),
  SigningAlgorithm: z.literal('ECDSA_SHA_256'),
});
const GetPublicKeyInput = z.strictObject({ KeyId });

const DIGEST_BYTES = 32;

/** Sign and GetPublicKey for the template's signing keys (ECC_NIST_P256). */
export class KmsService extends JsonService {
  readonly #keys: KmsKeys;

  constructor(keys: KmsKeys) {
    super('kms', '1.1', {
      Sign: operation(SignInput, (input, call) => this.#sign(input, call)),
      GetPublicKey: operation(GetPublicKeyInput, (input, call) => this.#getPublicKey(input.KeyId, call)),
    });
    this.#keys = keys;
  }

  #sign(input: z.infer<typeof SignInput>, call: Call): object {
    const { KeyId: keyId, MessageType, SigningAlgorithm } = input;
    const key = this.#authorized('kms:Sign', keyId, call, {
      keyId,
      messageType: MessageType,
      signingAlgorithm: SigningAlgorithm,
    });
    const digest = Buffer.from(input.Message, 'base64');
    if (digest.length !== DIGEST_BYTES) {
      throw new AwsError(
        'ValidationException',
        `Digest is invalid length for algorithm ${SigningAlgorithm}: ${digest.length} bytes, not ${DIGEST_BYTES}.`,
      );
    }
    return {
      KeyId: this.#keys.arn(keyId),
      Signature: key.signDigest(digest).toString('base64'),
      SigningAlgorithm,
    };
  }

  #getPublicKey(keyId: string, call: Call): object {
    const key = this.#authorized('kms:GetPublicKey', keyId, call, { keyId });
    return {
      KeyId: this.#keys.arn(keyId),
      PublicKey: key.publicKeyDer().toString('base64'),
      KeySpec: 'ECC_NIST_P256',
      CustomerMasterKeySpec: 'ECC_NIST_P256',
      KeyUsage: 'SIGN_VERIFY',
      SigningAlgorithms: ['ECDSA_SHA_256'],
    };
  }

  /** Condition keys: https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html */
  #authorized(
    action: string,
    keyId: string,
    call: Call,
    requestParameters: Readonly<Record<string, string>>,
  ): SigningKey {
    const resource = this.#keys.arn(keyId);
    call.record({ requestParameters, resources: [{ ARN: resource, type: 'AWS::KMS::Key' }], readOnly: true });
    const resourcePolicy = this.#keys.policy(keyId);
    if (resourcePolicy === undefined)
      throw new AwsError('NotFoundException', `Key '${resource}' does not exist`);
    const { messageType, signingAlgorithm } = requestParameters;
    call.authorize({
      action,
      resource,
      resourcePolicy,
      context: {
        ...omitUndefined({ 'kms:MessageType': messageType, 'kms:SigningAlgorithm': signingAlgorithm }),
      },
    });
    const key = this.#keys.signing(keyId);
    if (key !== undefined) return key;
    throw action === 'kms:Sign'
      ? new AwsError(
          'InvalidKeyUsageException',
          `${resource} key usage is ENCRYPT_DECRYPT which is not valid for Sign.`,
        )
      : new AwsError(
          'UnsupportedOperationException',
          `${resource} is a symmetric key: it has no public part.`,
        );
  }
}
