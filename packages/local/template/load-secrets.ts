import * as z from 'zod';
import { nameInArn } from '../secrets/secret-arn.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Loader } from './load-context.ts';
import { policyOf } from './policies.ts';
import { readProperties, tagList } from './properties.ts';

/**
 * Of `GenerateSecretString`, only the default is supported: 32 characters. Another value can be put
 * afterwards.
 */
const secretProperties = z.looseObject({
  Description: z.string().optional(),
  KmsKeyId: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: z.strictObject({}).optional(),
  Tags: tagList.default([]),
});

/** Adds a secret. An update keeps the secret and its value. */
export const loadSecret: Loader = (resource, { secrets, atMs }) => {
  const { Description, KmsKeyId, SecretString, GenerateSecretString, Tags } = readProperties(
    secretProperties,
    resource,
  );
  if (secrets.store.find(resource.arn, atMs) !== undefined) return;
  const value = SecretString ?? (GenerateSecretString && secrets.generated());
  secrets.add({
    name: nameInArn(resource.arn),
    arn: resource.arn,
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
    atMs,
    ...omitUndefined({ description: Description, kmsKeyId: KmsKeyId, value }),
  });
};

export const loadSecretPolicy: Loader = (resource, { secrets, atMs }) => {
  const properties = z.looseObject({ SecretId: z.string(), ResourcePolicy: z.unknown() });
  const { SecretId, ResourcePolicy } = readProperties(properties, resource);
  const secret = secrets.store.find(SecretId, atMs);
  const policy = policyOf(ResourcePolicy, 'resource', resource);
  if (secret !== undefined && policy !== undefined) secret.policy = policy;
};
