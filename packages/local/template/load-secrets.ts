import * as z from 'zod';
import { generatePassword } from '../secrets/generate-password.ts';
import { nameInArn } from '../secrets/secret-arn.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { Loader } from './load-context.ts';
import { policyOf } from './policies.ts';
import { boolean, cannotLoad, number, readProperties, tagList } from './properties.ts';
import type { ResolvedResource } from './resolve.ts';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html */
const generateString = z.strictObject({
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
  PasswordLength: number.default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: boolean.default(false),
  ExcludeUppercase: boolean.default(false),
  ExcludeNumbers: boolean.default(false),
  ExcludePunctuation: boolean.default(false),
  IncludeSpace: boolean.default(false),
  RequireEachIncludedType: boolean.default(true),
});

const secretProperties = z.looseObject({
  Description: z.string().optional(),
  KmsKeyId: z.string().optional(),
  SecretString: z.string().optional(),
  GenerateSecretString: generateString.optional(),
  Tags: tagList.default([]),
});

/** Adds a secret. An update keeps the secret and its value. */
export const loadSecret: Loader = (resource, { secrets, atMs }) => {
  const { Description, KmsKeyId, SecretString, GenerateSecretString, Tags } = readProperties(
    secretProperties,
    resource,
  );
  if (secrets.store.find(resource.arn, atMs) !== undefined) return;
  const value =
    SecretString ?? (GenerateSecretString && generated(GenerateSecretString, secrets.generated(), resource));
  secrets.add({
    name: nameInArn(resource.arn),
    arn: resource.arn,
    tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])),
    atMs,
    ...omitUndefined({ description: Description, kmsKeyId: KmsKeyId, value }),
  });
};

/** The generated string, or a JSON object that contains it. */
function generated(rules: z.infer<typeof generateString>, seed: string, resource: ResolvedResource): string {
  const password = passwordOf(rules, seed, resource);
  const { SecretStringTemplate: template, GenerateStringKey: key } = rules;
  if (template === undefined && key === undefined) return password;
  try {
    if (template === undefined || key === undefined) throw new SyntaxError('one of the two is missing');
    return JSON.stringify({
      ...z.record(z.string(), z.unknown()).parse(JSON.parse(template)),
      [key]: password,
    });
  } catch {
    throw cannotLoad(
      resource,
      'SecretStringTemplate must be a JSON object, and GenerateStringKey one of its keys',
    );
  }
}

function passwordOf(rules: z.infer<typeof generateString>, seed: string, resource: ResolvedResource): string {
  try {
    return generatePassword(
      {
        length: rules.PasswordLength,
        excludeCharacters: rules.ExcludeCharacters,
        excludeLowercase: rules.ExcludeLowercase,
        excludeUppercase: rules.ExcludeUppercase,
        excludeNumbers: rules.ExcludeNumbers,
        excludePunctuation: rules.ExcludePunctuation,
        includeSpace: rules.IncludeSpace,
        requireEachIncludedType: rules.RequireEachIncludedType,
      },
      seed,
    );
  } catch (error) {
    throw error instanceof RangeError ? cannotLoad(resource, error.message) : error;
  }
}

export const loadSecretPolicy: Loader = (resource, { secrets, atMs }) => {
  const properties = z.looseObject({ SecretId: z.string(), ResourcePolicy: z.unknown() });
  const { SecretId, ResourcePolicy } = readProperties(properties, resource);
  const secret = secrets.store.find(SecretId, atMs);
  const policy = policyOf(ResourcePolicy, 'resource', resource);
  if (secret !== undefined && policy !== undefined) secret.policy = policy;
};
