import * as z from 'zod';
import { AwsError, type Call } from '../gateway/service.ts';
import { ACCOUNT_ID } from '../gateway/account-and-region.ts';
import { type JsonOperation, operation } from '../gateway/wire/json-service.ts';
import type { EmbeddedServices } from '../embedded/services.ts';
import type { KmsKeys } from '../kms/kms-keys.ts';
import { pageOf } from './pages.ts';
import { authorizeRead } from './read-call.ts';
import { fieldOf, type StackResources, tagsOf, textOf } from './stack-resources.ts';

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeys.html */
const MAX_ITEMS = 1000;
const KEY = ['AWS::KMS::Key'];
const page = { Limit: z.int().min(1).max(MAX_ITEMS).default(100), Marker: z.string().optional() };
const KeyId = z.string().min(1).max(2048);
const idOf = (arn: string): string => arn.split(':key/').at(-1) ?? arn;

function describe(arn: string, keys: KmsKeys, resources: StackResources): object {
  const properties = resources.properties(KEY, arn);
  const isSigning = keys.signing(arn) !== undefined;
  return {
    AWSAccountId: ACCOUNT_ID,
    KeyId: idOf(arn),
    Arn: arn,
    CreationDate: resources.createdMs(idOf(arn)) / 1000,
    Enabled: true,
    Description: textOf(properties, 'Description') ?? '',
    KeyUsage: isSigning ? 'SIGN_VERIFY' : 'ENCRYPT_DECRYPT',
    KeySpec: isSigning ? 'ECC_NIST_P256' : 'SYMMETRIC_DEFAULT',
    CustomerMasterKeySpec: isSigning ? 'ECC_NIST_P256' : 'SYMMETRIC_DEFAULT',
    ...(isSigning
      ? { SigningAlgorithms: ['ECDSA_SHA_256'] }
      : { EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'] }),
    ...{ KeyState: 'Enabled', Origin: 'AWS_KMS', KeyManager: 'CUSTOMER', MultiRegion: false },
  };
}

/** The calls that describe keys: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html */
export function kmsReads(
  { keys }: EmbeddedServices,
  resources: StackResources,
): Readonly<Record<string, JsonOperation>> {
  const listed = <T>(
    all: readonly T[],
    { Marker: token, Limit: size }: z.infer<z.ZodObject<typeof page>>,
  ) => {
    const { items, next } = pageOf(all, { token, size, invalid: 'InvalidMarkerException' });
    return { items, more: { NextMarker: next, Truncated: next !== undefined } };
  };
  const found = (id: string, call: Call, action: string): string => {
    const arn = keys.arn(id);
    const resourcePolicy = keys.policy(id);
    if (resourcePolicy === undefined) throw new AwsError('NotFoundException', `Key '${arn}' does not exist`);
    authorizeRead(call, {
      action: `kms:${action}`,
      resource: arn,
      resourcePolicy,
      parameters: { keyId: id },
    });
    return arn;
  };
  const aliases = (): object[] =>
    keys.aliases().map(({ name, keyArn }) => ({
      AliasName: name,
      AliasArn: keyArn.replace(/:key\/.*$/, `:${name}`),
      TargetKeyId: idOf(keyArn),
    }));
  return {
    ListKeys: operation(z.strictObject(page), (input, call) => {
      authorizeRead(call, { action: 'kms:ListKeys', resource: '*' });
      const { items, more } = listed(keys.arns(), input);
      return { Keys: items.map((KeyArn) => ({ KeyId: idOf(KeyArn), KeyArn })), ...more };
    }),
    ListAliases: operation(z.strictObject({ KeyId: KeyId.optional(), ...page }), (input, call) => {
      authorizeRead(call, { action: 'kms:ListAliases', resource: '*' });
      const wanted = input.KeyId === undefined ? undefined : idOf(keys.arn(input.KeyId));
      const all = aliases().filter(
        (alias) => wanted === undefined || Reflect.get(alias, 'TargetKeyId') === wanted,
      );
      const { items, more } = listed(all, input);
      return { Aliases: items, ...more };
    }),
    DescribeKey: operation(z.strictObject({ KeyId }), (input, call) => ({
      KeyMetadata: describe(found(input.KeyId, call, 'DescribeKey'), keys, resources),
    })),
    GetKeyPolicy: operation(
      z.strictObject({ KeyId, PolicyName: z.literal('default').optional() }),
      (input, call) => ({
        Policy: JSON.stringify(keys.policy(found(input.KeyId, call, 'GetKeyPolicy'))),
        PolicyName: 'default',
      }),
    ),
    GetKeyRotationStatus: operation(z.strictObject({ KeyId }), (input, call) => {
      const arn = found(input.KeyId, call, 'GetKeyRotationStatus');
      const rotates = fieldOf(resources.properties(KEY, arn), 'EnableKeyRotation');
      return { KeyId: idOf(arn), KeyRotationEnabled: String(rotates) === 'true' };
    }),
    ListResourceTags: operation(z.strictObject({ KeyId, ...page }), (input, call) => {
      const arn = found(input.KeyId, call, 'ListResourceTags');
      const tags = tagsOf(resources.properties(KEY, arn)).map(({ Key, Value }) => ({
        TagKey: Key,
        TagValue: Value,
      }));
      return { Tags: tags, Truncated: false };
    }),
  };
}
