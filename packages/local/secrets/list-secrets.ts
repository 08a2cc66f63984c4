import { omitUndefined } from '../helpers/omit-undefined.ts';
import { type Call, AwsError } from '../gateway/service.ts';
import type { Secret, SecretStore } from './secret-store.ts';
import type { ListSecretsInput } from './secrets-input.ts';

/** The fields that DescribeSecret and ListSecrets both return. */
export const metadataOf = (secret: Secret): Record<string, unknown> => ({
  ARN: secret.arn,
  Name: secret.name,
  Description: secret.description,
  KmsKeyId: secret.kmsKeyId,
  CreatedDate: secret.createdMs / 1000,
  LastChangedDate: secret.changedMs / 1000,
  ...(secret.deletedMs !== undefined && { DeletedDate: secret.deletedMs / 1000 }),
  Tags: Object.entries(secret.tags).map(([Key, Value]) => ({ Key, Value })),
});

/** The staging labels by version; `undefined` for a secret without a value. */
export function stagesOf({ versions }: Secret): Record<string, readonly string[]> | undefined {
  const stages = [...versions.values()].map((version) => [version.id, version.stages] as const);
  return stages.length === 0 ? undefined : Object.fromEntries(stages);
}

type Input = ReturnType<typeof ListSecretsInput.parse>;

/** Whether a name starts with one of the values, case-sensitively. A `!` in front of a value negates it. */
function fits(secret: Secret, filters: Input['Filters']): boolean {
  return filters.every(({ Values }) =>
    Values.some((value) =>
      value.startsWith('!') ? !secret.name.startsWith(value.slice(1)) : secret.name.startsWith(value),
    ),
  );
}

/** The start of the next page. The token is opaque to callers. */
function offsetOf(token: string | undefined): number {
  if (token === undefined) return 0;
  const offset = Number(Buffer.from(token, 'base64url').toString('utf8'));
  if (Number.isInteger(offset) && offset > 0) return offset;
  throw new AwsError('InvalidNextTokenException', 'The NextToken value is invalid.');
}

/**
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ListSecrets.html. The action supports no
 * resource-level permissions.
 */
export function listSecrets(store: SecretStore, input: Input, call: Call, lagMs: number): object {
  call.record({ requestParameters: { filters: input.Filters, maxResults: input.MaxResults } });
  call.authorize({ action: 'secretsmanager:ListSecrets', resource: '*' });
  const visible = store
    .all()
    .filter(({ gone }) => gone === undefined || (input.IncludePlannedDeletion && gone > call.atMs))
    .filter(({ createdMs }) => createdMs + lagMs <= call.atMs)
    .filter((secret) => fits(secret, input.Filters));
  const ordered = visible.toSorted((a, b) => a.createdMs - b.createdMs);
  if (input.SortOrder === 'desc') ordered.reverse();
  const offset = offsetOf(input.NextToken);
  const end = offset + input.MaxResults;
  return {
    SecretList: ordered.slice(offset, end).map((secret) => {
      const stages = stagesOf(secret);
      return { ...metadataOf(secret), ...omitUndefined({ SecretVersionsToStages: stages }) };
    }),
    ...(end < ordered.length && { NextToken: Buffer.from(String(end)).toString('base64url') }),
  };
}
