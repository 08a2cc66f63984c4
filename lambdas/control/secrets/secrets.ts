import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  paginateListSecrets,
  PutResourcePolicyCommand,
  PutSecretValueCommand,
  ResourceExistsException,
  ResourceNotFoundException,
  InvalidRequestException,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import type { PolicyDocument } from 'taskbound-iam/policy';
import type { Clock } from 'taskbound-time/clock';
import type { Secret } from '../../../core/secrets/secret.ts';
import { isUnknownSecret, untilKnown } from '../../../core/shared/read-lag.ts';
import { sha256Hex } from 'taskbound-evidence/canonical-json/digest';
import { secretPrefix } from 'taskbound-evidence/names/ids';

/**
 * A version id derived from what determines the value, so that a repeated put is recognized. 32 to 64
 * characters: https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html
 */
export const versionIdFrom = (cause: string): string => sha256Hex(cause);

/**
 * Secrets on a page, the most that AWS gives:
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
 */
const PAGE = 100;
/** Twenty pages: more than an hour's tasks leave behind, and a limit on the cost of one run. */
const MAX_LISTED = 2000;

/** Secrets of one task, by name. Each call may be repeated. */
export class TaskSecrets {
  readonly #client: SecretsManagerClient;
  readonly #clock: Clock;
  readonly #keyArn: string | undefined;
  constructor(client: SecretsManagerClient, clock: Clock, keyArn?: string) {
    this.#client = client;
    this.#clock = clock;
    this.#keyArn = keyArn;
  }

  /**
   * Creates the secret without a value and puts its resource policy. CreateSecret takes no policy, so the
   * value is put only afterwards.
   */
  async createEmpty(name: string, description: string, policy: PolicyDocument): Promise<void> {
    try {
      await this.#client.send(
        new CreateSecretCommand({
          Name: name,
          Description: description,
          ...(this.#keyArn && { KmsKeyId: this.#keyArn }),
        }),
      );
    } catch (error) {
      if (!(error instanceof ResourceExistsException)) throw error; // an earlier attempt made it
    }
    await this.#onceKnown(() =>
      this.#client.send(
        new PutResourcePolicyCommand({ SecretId: name, ResourcePolicy: JSON.stringify(policy) }),
      ),
    );
  }

  /** A secret that was created a moment ago may not be known yet. */
  #onceKnown<Result>(call: () => Promise<Result>): Promise<Result> {
    return untilKnown(call, { clock: this.#clock, isUnknown: isUnknownSecret });
  }

  /** False when this version has another value: an earlier attempt put a value that is lost. */
  async putValue(name: string, versionId: string, value: Secret<string>): Promise<boolean> {
    try {
      await this.#onceKnown(() =>
        this.#client.send(
          new PutSecretValueCommand({
            SecretId: name,
            ClientRequestToken: versionId,
            SecretString: value.reveal(),
          }),
        ),
      );
      return true;
    } catch (error) {
      if (error instanceof ResourceExistsException) return false;
      throw error;
    }
  }

  /** The value of a version; undefined when the secret or the version does not exist. */
  async value(name: string, versionId: string): Promise<string | undefined> {
    try {
      const { SecretString } = await this.#client.send(
        new GetSecretValueCommand({ SecretId: name, VersionId: versionId }),
      );
      return SecretString;
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /**
   * The current value of a secret that belongs to no task, by its ARN; undefined when it does not exist or
   * has no value.
   */
  async current(arn: string): Promise<string | undefined> {
    try {
      return (await this.#client.send(new GetSecretValueCommand({ SecretId: arn }))).SecretString;
    } catch (error) {
      if (isGone(error)) return undefined;
      throw error;
    }
  }

  /** Destroys the secret at once, if there is one. */
  async destroy(name: string): Promise<void> {
    try {
      await this.#client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true }));
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /**
   * Secrets of a stack that are not deleted, the oldest first, up to `MAX_LISTED`: the rest are younger and
   * are listed another time. A new secret may be missing for minutes:
   * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html
   */
  async *oldestFirst(stack: string): AsyncGenerator<{ readonly name: string; readonly createdMs: number }> {
    const byAge = {
      Filters: [{ Key: 'name' as const, Values: [secretPrefix(stack)] }],
      SortOrder: 'asc' as const,
    };
    let left = MAX_LISTED;
    for await (const { SecretList = [] } of paginateListSecrets(
      { client: this.#client, pageSize: PAGE },
      byAge,
    )) {
      for (const { Name, CreatedDate } of SecretList)
        if (Name !== undefined && CreatedDate !== undefined)
          yield { name: Name, createdMs: CreatedDate.getTime() };
      left -= SecretList.length;
      if (left <= 0) return;
    }
  }

  /** Whether the secret exists and is not marked as deleted. */
  async exists(name: string): Promise<boolean> {
    try {
      const { DeletedDate } = await this.#client.send(new DescribeSecretCommand({ SecretId: name }));
      return DeletedDate === undefined;
    } catch (error) {
      if (isGone(error)) return false;
      throw error;
    }
  }
}

/** Deletion is asynchronous: a reader sees "not found", or "invalid request" while it is only marked. */
const isGone = (error: unknown): boolean =>
  error instanceof ResourceNotFoundException || error instanceof InvalidRequestException;
