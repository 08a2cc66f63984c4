import { type Call, AwsError } from '../gateway/service.ts';
import type { IdSource } from '../gateway/ids.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { SecretAccess } from './secret-access.ts';
import { secretArn, unknownSecretArn } from './secret-arn.ts';
import type { Secret, SecretStore } from './secret-store.ts';
import type { CreateSecretInput } from './secrets-input.ts';

type Input = ReturnType<typeof CreateSecretInput.parse>;

export interface CreateSecretDeps {
  readonly store: SecretStore;
  readonly access: SecretAccess;
  readonly ids: IdSource;
  /** Milliseconds until other calls know a new secret. */
  readonly readLagMs: number;
}

const NAME_PATTERN = /^[A-Za-z0-9/_+=.@-]+$/;

/** Throws ValidationException, AccessDenied, ResourceExistsException, InvalidRequestException. */
export function createSecret(deps: CreateSecretDeps, input: Input, call: Call): object {
  const { store, access, ids } = deps;
  const { Name, ClientRequestToken, KmsKeyId, Description } = input;
  call.record({
    requestParameters: {
      name: Name,
      clientRequestToken: ClientRequestToken,
      description: Description,
      kmsKeyId: KmsKeyId,
    },
  });
  if (!NAME_PATTERN.test(Name))
    throw new AwsError(
      'ValidationException',
      'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
    );
  const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  authorizeCreate(Name, tags, call);
  const value = input.SecretString ?? input.SecretBinary;
  const existing = store.find(Name, call.atMs);
  if (existing !== undefined) return createAgain(deps, existing, { token: ClientRequestToken, value, call });
  const arn = secretArn(Name, ids.suffix());
  const secret: Secret = {
    name: Name,
    arn,
    tags,
    createdMs: call.atMs,
    changedMs: call.atMs,
    versions: new Map(),
    ...(deps.readLagMs > 0 && { knownMs: call.atMs + deps.readLagMs }),
    ...omitUndefined({ kmsKeyId: KmsKeyId, description: Description }),
  };
  if (value !== undefined) access.useKey(secret, call, ['kms:GenerateDataKey', 'kms:Decrypt']);
  store.add(secret);
  const version =
    value === undefined ? undefined : store.putVersion(secret, ClientRequestToken, value, call.atMs);
  call.record({
    responseElements: { arn, name: Name, ...(version && { versionId: version.id }) },
    resources: [{ ARN: arn }],
  });
  return { ARN: arn, Name, ...(version && { VersionId: version.id }) };
}

function authorizeCreate(name: string, tags: Readonly<Record<string, string>>, call: Call): void {
  const requestTags = Object.fromEntries(
    Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
  );
  const keys = Object.keys(tags);
  const context = {
    'secretsmanager:Name': name,
    ...requestTags,
    ...(keys.length > 0 && { 'aws:TagKeys': keys }),
  };
  const resource = unknownSecretArn(name);
  call.authorize({ action: 'secretsmanager:CreateSecret', resource, context });
  if (keys.length > 0) call.authorize({ action: 'secretsmanager:TagResource', resource, context });
}

/** A repeated call with the same token and value succeeds. Any other call for an existing name is refused. */
function createAgain(
  { store }: CreateSecretDeps,
  secret: Secret,
  {
    token,
    value,
    call,
  }: { readonly token: string; readonly value: string | Uint8Array | undefined; readonly call: Call },
): object {
  if (secret.gone !== undefined) {
    throw new AwsError(
      'InvalidRequestException',
      "You can't create this secret because a secret with this name is already scheduled for deletion.",
    );
  }
  if (value === undefined || !secret.versions.has(token)) {
    throw new AwsError(
      'ResourceExistsException',
      `The operation failed because the secret ${secret.name} already exists.`,
    );
  }
  return {
    ARN: secret.arn,
    Name: secret.name,
    VersionId: store.putVersion(secret, token, value, call.atMs).id,
  };
}
