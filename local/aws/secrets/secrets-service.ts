import type { IdSource } from '../ids.ts';
import { readPolicy } from '../iam/read-policy.ts';
import type { KmsKeys } from '../kms-keys.ts';
import { REGION, arnOf } from '../place.ts';
import { type Call, AwsError } from '../service.ts';
import { JsonService, operation } from '../wire/json-service.ts';
import { type DeletionInput, deletionOf, neverExisted } from './deletion.ts';
import { type Secret, type SecretVersion, CURRENT, SecretStore } from './secret-store.ts';
import * as inputs from './secrets-input.ts';

const PATTERN = /^[A-Za-z0-9/_+=.@-]+$/;
const NOT_FOUND = "Secrets Manager can't find the specified secret.";

export interface SecretsParts {
  readonly ids: IdSource;
  readonly keys: KmsKeys;
  /** Whether a principal that a resource policy names exists: AWS refuses one that does not. */
  readonly principalExists: (arn: string) => boolean;
}

type Value = string | Uint8Array;

/** The calls of Secrets Manager that Taskbound makes. */
export class SecretsManager extends JsonService {
  readonly store: SecretStore;
  readonly #parts: SecretsParts;

  constructor(parts: SecretsParts) {
    super('secretsmanager', '1.1', {
      CreateSecret: operation(inputs.CreateSecretInput, (input, call) => this.#create(input, call)),
      PutSecretValue: operation(inputs.PutSecretValueInput, (input, call) => this.#putValue(input, call)),
      GetSecretValue: operation(inputs.GetSecretValueInput, (input, call) => this.#getValue(input, call)),
      PutResourcePolicy: operation(inputs.PutResourcePolicyInput, (input, call) =>
        this.#putPolicy(input, call),
      ),
      DescribeSecret: operation(inputs.DescribeSecretInput, (input, call) =>
        this.#describe(input.SecretId, call),
      ),
      DeleteSecret: operation(inputs.DeleteSecretInput, (input, call) => this.#delete(input, call)),
    });
    this.#parts = parts;
    this.store = new SecretStore();
  }

  #create(input: ReturnType<typeof inputs.CreateSecretInput.parse>, call: Call): object {
    const { Name, ClientRequestToken, KmsKeyId, Description } = input;
    call.record({
      requestParameters: {
        name: Name,
        clientRequestToken: ClientRequestToken,
        description: Description,
        kmsKeyId: KmsKeyId,
      },
    });
    if (!PATTERN.test(Name))
      throw new AwsError(
        'ValidationException',
        'Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!',
      );
    const tags = Object.fromEntries((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
    this.#authorizeCreate(Name, tags, call);
    const value = input.SecretString ?? input.SecretBinary;
    const existing = this.store.find(Name, call.atMs);
    if (existing !== undefined) return this.#createAgain(existing, ClientRequestToken, value, call);
    const arn = arnOf('secretsmanager', `secret:${Name}-${this.#parts.ids.suffix()}`);
    const secret: Secret = {
      name: Name,
      arn,
      tags,
      createdMs: call.atMs,
      changedMs: call.atMs,
      versions: new Map(),
      ...(KmsKeyId !== undefined && { kmsKeyId: KmsKeyId }),
      ...(Description !== undefined && { description: Description }),
    };
    if (value !== undefined) this.#useKey(secret, call, ['kms:GenerateDataKey', 'kms:Decrypt']);
    this.store.add(secret);
    const version =
      value === undefined ? undefined : this.store.putVersion(secret, ClientRequestToken, value, call.atMs);
    call.record({
      responseElements: { arn, name: Name, ...(version && { versionId: version.id }) },
      resources: [{ ARN: arn }],
    });
    return { ARN: arn, Name, ...(version && { VersionId: version.id }) };
  }

  #authorizeCreate(name: string, tags: Readonly<Record<string, string>>, call: Call): void {
    const requestTags = Object.fromEntries(
      Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]),
    );
    const keys = Object.keys(tags);
    const context = {
      'secretsmanager:Name': name,
      ...requestTags,
      ...(keys.length > 0 && { 'aws:TagKeys': keys }),
    };
    const resource = arnOf('secretsmanager', `secret:${name}-??????`);
    call.authorize({ action: 'secretsmanager:CreateSecret', resource, context });
    if (keys.length > 0) call.authorize({ action: 'secretsmanager:TagResource', resource, context });
  }

  /** A repeated create with the same token and value is a success; anything else is refused. */
  #createAgain(secret: Secret, token: string, value: Value | undefined, call: Call): object {
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
      VersionId: this.store.putVersion(secret, token, value, call.atMs).id,
    };
  }

  #putValue(input: ReturnType<typeof inputs.PutSecretValueInput.parse>, call: Call): object {
    const { SecretId, ClientRequestToken } = input;
    call.record({ requestParameters: { secretId: SecretId, clientRequestToken: ClientRequestToken } });
    const secret = this.#open(SecretId, 'PutSecretValue', call);
    const value = input.SecretString ?? input.SecretBinary;
    if (value === undefined)
      throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    this.#useKey(secret, call, ['kms:GenerateDataKey', 'kms:Decrypt']);
    const version = this.store.putVersion(secret, ClientRequestToken, value, call.atMs);
    call.record({
      responseElements: {
        arn: secret.arn,
        name: secret.name,
        versionId: version.id,
        versionStages: version.stages,
      },
    });
    return { ARN: secret.arn, Name: secret.name, VersionId: version.id, VersionStages: version.stages };
  }

  #getValue(input: ReturnType<typeof inputs.GetSecretValueInput.parse>, call: Call): object {
    const { SecretId, VersionId, VersionStage } = input;
    call.record({
      requestParameters: { secretId: SecretId, versionId: VersionId, versionStage: VersionStage },
    });
    const stage = VersionStage ?? (VersionId === undefined ? CURRENT : undefined);
    const secret = this.#open(SecretId, 'GetSecretValue', call, {
      ...(stage !== undefined && { 'secretsmanager:VersionStage': stage }),
      ...(VersionId !== undefined && { 'secretsmanager:VersionId': VersionId }),
    });
    const version = this.#version(secret, VersionId, stage);
    this.#useKey(secret, call, ['kms:Decrypt']);
    const value =
      typeof version.value === 'string'
        ? { SecretString: version.value }
        : { SecretBinary: Buffer.from(version.value).toString('base64') };
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: version.id,
      VersionStages: version.stages,
      CreatedDate: version.createdMs / 1000,
      ...value,
    };
  }

  #version(secret: Secret, id: string | undefined, stage: string | undefined): SecretVersion {
    const found = [...secret.versions.values()].find(
      (version) =>
        (id === undefined || version.id === id) && (stage === undefined || version.stages.includes(stage)),
    );
    if (found !== undefined) return found;
    const wanted = id === undefined ? `staging label: ${stage ?? CURRENT}` : `VersionId: ${id}`;
    throw new AwsError(
      'ResourceNotFoundException',
      `Secrets Manager can't find the specified secret value for ${wanted}`,
    );
  }

  #putPolicy(input: ReturnType<typeof inputs.PutResourcePolicyInput.parse>, call: Call): object {
    const { SecretId, ResourcePolicy } = input;
    call.record({ requestParameters: { secretId: SecretId, resourcePolicy: ResourcePolicy } });
    const secret = this.#open(SecretId, 'PutResourcePolicy', call);
    const document = readPolicy(ResourcePolicy, 'resource', 'MalformedPolicyDocumentException');
    const stranger = principalArns(ResourcePolicy).find((arn) => !this.#parts.principalExists(arn));
    if (stranger !== undefined) {
      throw new AwsError(
        'MalformedPolicyDocumentException',
        `This resource policy contains an unsupported principal: ${stranger} does not exist.`,
      );
    }
    secret.policy = document;
    return { ARN: secret.arn, Name: secret.name };
  }

  #describe(id: string, call: Call): object {
    call.record({ requestParameters: { secretId: id } });
    const secret = this.#find(id, 'DescribeSecret', call);
    const stages = [...secret.versions.values()].map((version) => [version.id, version.stages] as const);
    return {
      ARN: secret.arn,
      Name: secret.name,
      Description: secret.description,
      KmsKeyId: secret.kmsKeyId,
      CreatedDate: secret.createdMs / 1000,
      LastChangedDate: secret.changedMs / 1000,
      ...(secret.deletedMs !== undefined && { DeletedDate: secret.deletedMs / 1000 }),
      Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
      ...(stages.length > 0 && { VersionIdsToStages: Object.fromEntries(stages) }),
    };
  }

  #delete(input: DeletionInput, call: Call): object {
    call.record({
      requestParameters: {
        secretId: input.SecretId,
        forceDeleteWithoutRecovery: input.ForceDeleteWithoutRecovery,
      },
    });
    const deletion = deletionOf(input, call.atMs);
    const secret = this.#authorized(input.SecretId, 'DeleteSecret', call, {});
    if (secret === undefined) {
      if (deletion.forced) return neverExisted(input.SecretId, call.atMs);
      throw new AwsError('ResourceNotFoundException', NOT_FOUND);
    }
    if (deletion.forced) this.store.remove(secret.name);
    else Object.assign(secret, { deletedMs: call.atMs, gone: deletion.goneMs });
    call.record({
      responseElements: { arn: secret.arn, name: secret.name },
      resources: [{ ARN: secret.arn }],
    });
    return { ARN: secret.arn, Name: secret.name, DeletionDate: deletion.goneMs / 1000 };
  }

  /** A secret that may be used: found, allowed, and not scheduled for deletion. */
  #open(id: string, action: string, call: Call, context: Readonly<Record<string, string>> = {}): Secret {
    const secret = this.#find(id, action, call, context);
    if (secret.gone === undefined) return secret;
    throw new AwsError(
      'InvalidRequestException',
      "You can't perform this operation on the secret because it was marked for deletion.",
    );
  }

  #find(id: string, action: string, call: Call, context: Readonly<Record<string, string>> = {}): Secret {
    const secret = this.#authorized(id, action, call, context);
    if (secret === undefined) throw new AwsError('ResourceNotFoundException', NOT_FOUND);
    return secret;
  }

  /** Authorization comes before existence: who may not look is not told whether there is something. */
  #authorized(
    id: string,
    action: string,
    call: Call,
    context: Readonly<Record<string, string>>,
  ): Secret | undefined {
    const secret = this.store.find(id, call.atMs);
    const resource =
      secret?.arn ?? (id.startsWith('arn:') ? id : arnOf('secretsmanager', `secret:${id}-??????`));
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
      ...(secret?.policy !== undefined && { resourcePolicy: secret.policy }),
    });
    return secret;
  }

  #useKey(secret: Secret, call: Call, actions: readonly string[]): void {
    if (secret.kmsKeyId === undefined) return;
    const context = {
      'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com`,
      'kms:CallerAccount': call.caller.accountId,
      'kms:EncryptionContext:SecretARN': secret.arn,
    };
    this.#parts.keys.authorize(call, secret.kmsKeyId, actions, context);
  }
}

/** The ARNs that stand as AWS principals in a policy. */
function principalArns(policy: string): string[] {
  const { Statement } = JSON.parse(policy) as { Statement: object | object[] };
  return [Statement].flat().flatMap((statement) => {
    const principal: unknown = Reflect.get(statement, 'Principal') ?? Reflect.get(statement, 'NotPrincipal');
    const aws: unknown =
      typeof principal === 'object' && principal !== null ? Reflect.get(principal, 'AWS') : undefined;
    return [aws].flat().filter((arn): arn is string => typeof arn === 'string' && arn.startsWith('arn:'));
  });
}
