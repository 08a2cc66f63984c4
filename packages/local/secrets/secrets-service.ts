import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { IdSource } from '../gateway/ids.ts';
import { readPolicy } from '../iam/read-policy.ts';
import type { KmsKeys } from '../kms/kms-keys.ts';
import { type Call, AwsError } from '../gateway/service.ts';
import type { Changes } from '../state/changes.ts';
import { JsonService, operation } from '../gateway/wire/json-service.ts';
import { createSecret, type CreateSecretDeps } from './create-secret.ts';
import { deleteSecret } from './delete-secret.ts';
import { principalArns } from './principal-arns.ts';
import { SecretAccess } from './secret-access.ts';
import { type Secret, type SecretVersion, CURRENT, SecretStore } from './secret-store.ts';
import { listSecrets, metadataOf, stagesOf } from './list-secrets.ts';
import * as inputs from './secrets-input.ts';

export interface SecretsParts {
  readonly ids: IdSource;
  readonly keys: KmsKeys;
  /** Whether a principal exists. AWS refuses resource policies that name a principal that does not. */
  readonly principalExists: (arn: string) => boolean;
  readonly changes?: Changes;
  /** Milliseconds until calls know a secret that CreateSecret made, and reads a new version. @default 0 */
  readonly readLagMs?: number;
}

/** A secret of the template. */
interface TemplateSecret {
  readonly name: string;
  readonly arn: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly atMs: number;
  readonly description?: string;
  readonly kmsKeyId?: string;
  readonly value?: string;
}

/** The Secrets Manager operations that Taskbound calls. */
export class SecretsManager extends JsonService {
  readonly store: SecretStore;
  /** Milliseconds until ListSecrets shows a new secret; on AWS up to five minutes. @default 0 */
  listLagMs = 0;
  readonly #parts: SecretsParts;
  readonly #access: SecretAccess;
  readonly #deps: CreateSecretDeps;
  readonly #providers = new Map<string, () => Promise<string>>();

  constructor(parts: SecretsParts) {
    super('secretsmanager', '1.1', {
      CreateSecret: operation(inputs.CreateSecretInput, (input, call) =>
        createSecret(this.#deps, input, call),
      ),
      PutSecretValue: operation(inputs.PutSecretValueInput, (input, call) => this.#putValue(input, call)),
      GetSecretValue: operation(inputs.GetSecretValueInput, (input, call) => this.#getValue(input, call)),
      PutResourcePolicy: operation(inputs.PutResourcePolicyInput, (input, call) =>
        this.#putPolicy(input, call),
      ),
      DescribeSecret: operation(inputs.DescribeSecretInput, (input, call) =>
        this.#describe(input.SecretId, call),
      ),
      ListSecrets: operation(inputs.ListSecretsInput, (input, call) =>
        listSecrets(this.store, input, call, this.listLagMs),
      ),
      DeleteSecret: operation(inputs.DeleteSecretInput, (input, call) =>
        deleteSecret(this.#deps, input, call),
      ),
    });
    this.#parts = parts;
    const { readLagMs = 0 } = parts;
    this.store = new SecretStore(parts.changes, readLagMs);
    this.#access = new SecretAccess(this.store, parts.keys);
    this.#deps = { store: this.store, access: this.#access, ids: parts.ids, readLagMs };
  }

  /** A value for `GenerateSecretString`. It is not secret: it is derived from the seed. */
  generated(): string {
    return this.#parts.ids.uuid().replaceAll('-', '');
  }

  /** Adds a secret of the template. */
  add({ name, arn, tags, atMs, value, ...more }: TemplateSecret): void {
    const secret: Secret = {
      name,
      arn,
      tags,
      createdMs: atMs,
      changedMs: atMs,
      versions: new Map(),
      ...more,
    };
    this.store.add(secret);
    if (value !== undefined) this.store.putVersion(secret, this.#parts.ids.uuid(), value, atMs);
  }

  /** Provides a value when the secret is first read, so that the server behind it is started only when needed. */
  provide(arn: string, value: () => Promise<string>): void {
    this.#providers.set(arn, value);
  }

  /** The secret that a call names, after it is authorized. Throws AccessDenied, ResourceNotFoundException. */
  findFor(id: string, action: string, call: Call): Secret {
    call.record({ requestParameters: { secretId: id } });
    return this.#access.find(id, action, call);
  }

  async #provided(secret: Secret, atMs: number): Promise<void> {
    const provider = this.#providers.get(secret.arn);
    if (provider === undefined) return;
    const value = await provider();
    if (this.#providers.delete(secret.arn))
      this.store.putVersion(secret, this.#parts.ids.uuid(), value, atMs);
  }

  #putValue(input: ReturnType<typeof inputs.PutSecretValueInput.parse>, call: Call): object {
    const { SecretId, ClientRequestToken } = input;
    call.record({ requestParameters: { secretId: SecretId, clientRequestToken: ClientRequestToken } });
    const secret = this.#access.findUsable(SecretId, 'PutSecretValue', call);
    const value = input.SecretString ?? input.SecretBinary;
    if (value === undefined)
      throw new AwsError('InvalidRequestException', 'You must provide either SecretString or SecretBinary.');
    this.#access.useKey(secret, call, ['kms:GenerateDataKey', 'kms:Decrypt']);
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

  async #getValue(input: ReturnType<typeof inputs.GetSecretValueInput.parse>, call: Call): Promise<object> {
    const { SecretId, VersionId, VersionStage } = input;
    call.record({
      requestParameters: { secretId: SecretId, versionId: VersionId, versionStage: VersionStage },
    });
    const stage = VersionStage ?? (VersionId === undefined ? CURRENT : undefined);
    const secret = this.#access.findUsable(SecretId, 'GetSecretValue', call, {
      ...omitUndefined({ 'secretsmanager:VersionStage': stage, 'secretsmanager:VersionId': VersionId }),
    });
    await this.#provided(secret, call.atMs);
    const version = this.#version(secret, call.atMs, VersionId, stage);
    this.#access.useKey(secret, call, ['kms:Decrypt']);
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

  #version(secret: Secret, atMs: number, id?: string, stage?: string): SecretVersion {
    const found = [...secret.versions.values()].find(
      (version) =>
        (version.knownMs ?? atMs) <= atMs &&
        (id === undefined || version.id === id) &&
        (stage === undefined || version.stages.includes(stage)),
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
    const secret = this.#access.findUsable(SecretId, 'PutResourcePolicy', call);
    const document = readPolicy(ResourcePolicy, 'resource', 'MalformedPolicyDocumentException');
    const unknown = principalArns(ResourcePolicy).find((arn) => !this.#parts.principalExists(arn));
    if (unknown !== undefined) {
      throw new AwsError(
        'MalformedPolicyDocumentException',
        `This resource policy contains an unsupported principal: ${unknown} does not exist.`,
      );
    }
    secret.policy = document;
    this.store.note(secret.name);
    return { ARN: secret.arn, Name: secret.name };
  }

  #describe(id: string, call: Call): object {
    call.record({ requestParameters: { secretId: id } });
    const secret = this.#access.find(id, 'DescribeSecret', call);
    const stages = stagesOf(secret);
    return { ...metadataOf(secret), ...omitUndefined({ VersionIdsToStages: stages }) };
  }
}
