import * as z from 'zod';
import { type JsonOperation, operation } from '../gateway/wire/json-service.ts';
import type { EmbeddedServices } from '../embedded/services.ts';
import { omitUndefined } from '../helpers/omit-undefined.ts';

const SecretId = z.string().min(1).max(2048);

/** The calls that describe a secret besides DescribeSecret: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
export function secretsReads({ secrets }: EmbeddedServices): Readonly<Record<string, JsonOperation>> {
  return {
    GetResourcePolicy: operation(z.strictObject({ SecretId }), (input, call) => {
      const { arn, name, policy } = secrets.findFor(input.SecretId, 'GetResourcePolicy', call);
      return { ARN: arn, Name: name, ...omitUndefined({ ResourcePolicy: policy && JSON.stringify(policy) }) };
    }),
    ListSecretVersionIds: operation(
      z.strictObject({
        SecretId,
        MaxResults: z.int().min(1).max(100).optional(),
        NextToken: z.string().optional(),
        IncludeDeprecated: z.boolean().optional(),
      }),
      (input, call) => {
        const { arn, name, versions } = secrets.findFor(input.SecretId, 'ListSecretVersionIds', call);
        const current = [...versions.values()].filter(
          ({ stages }) => input.IncludeDeprecated === true || stages.length > 0,
        );
        const Versions = current.map(({ id, stages, createdMs }) => ({
          VersionId: id,
          VersionStages: stages,
          CreatedDate: createdMs / 1000,
        }));
        return { Versions, ARN: arn, Name: name };
      },
    ),
  };
}
