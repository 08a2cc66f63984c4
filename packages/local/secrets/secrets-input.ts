import * as z from 'zod';

/** Limits of the API: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html */
const MAX_VALUE = 65_536;
const secretId = z.string().min(1).max(2048);
const token = z.string().min(32).max(64);
const secretString = z.string().min(1).max(MAX_VALUE);
const secretBinary = z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const tags = z.array(z.strictObject({ Key: z.string().min(1).max(128), Value: z.string().max(256) })).max(50);

export const CreateSecretInput = z.strictObject({
  Name: z.string().min(1).max(512),
  ClientRequestToken: token,
  Description: z.string().max(2048).optional(),
  KmsKeyId: z.string().max(2048).optional(),
  SecretString: secretString.optional(),
  SecretBinary: secretBinary.optional(),
  Tags: tags.optional(),
});

export const PutSecretValueInput = z.strictObject({
  SecretId: secretId,
  ClientRequestToken: token,
  SecretString: secretString.optional(),
  SecretBinary: secretBinary.optional(),
});

export const GetSecretValueInput = z.strictObject({
  SecretId: secretId,
  VersionId: token.optional(),
  VersionStage: z.string().min(1).max(256).optional(),
});

export const PutResourcePolicyInput = z.strictObject({
  SecretId: secretId,
  ResourcePolicy: z.string().min(1).max(20_480),
  BlockPublicPolicy: z.boolean().optional(),
});

export const DescribeSecretInput = z.strictObject({ SecretId: secretId });

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html. Only the filter by
 * name is supported.
 */
export const ListSecretsInput = z.strictObject({
  MaxResults: z.number().int().min(1).max(100).default(100),
  NextToken: z.string().min(1).max(4096).optional(),
  Filters: z
    .array(
      z.strictObject({
        Key: z.literal('name', 'the embedded Secrets Manager filters by name only'),
        Values: z.array(z.string().min(1).max(512)).min(1).max(10),
      }),
    )
    .max(10)
    .default([]),
  SortOrder: z.enum(['asc', 'desc']).default('desc'),
  IncludePlannedDeletion: z.boolean().default(false),
});

export const DeleteSecretInput = z.strictObject({
  SecretId: secretId,
  RecoveryWindowInDays: z.number().int().optional(),
  ForceDeleteWithoutRecovery: z.boolean().optional(),
});
