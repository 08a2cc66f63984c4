import { omitUndefined } from '../helpers/omit-undefined.ts';
import { type Call } from '../gateway/service.ts';
import { toSecond } from '../trail/trail.ts';
import { type QueryOperation, QueryService } from '../gateway/wire/query-service.ts';
import { type AssumeRoleInput, readAssumeRole } from './assume-role-input.ts';
import { packedPercent } from './packed-size.ts';
import type { AssumedRole, Sts } from './sts.ts';

const NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

const requestParameters = (input: AssumeRoleInput): Record<string, unknown> => ({
  roleArn: input.roleArn,
  roleSessionName: input.sessionName,
  durationSeconds: input.seconds,
  ...omitUndefined({
    policy: input.policyText,
    sourceIdentity: input.sourceIdentity,
    externalId: input.externalId,
  }),
  ...(Object.keys(input.tags).length > 0 && {
    tags: Object.entries(input.tags).map(([key, value]) => ({ key, value })),
  }),
});

/** Records the access key id and its expiration, never the secret parts. */
function recordResult(call: Call, { credentials, caller, role }: AssumedRole): void {
  call.record({
    resources: [{ ARN: role.arn, type: 'AWS::IAM::Role' }],
    responseElements: {
      credentials: { accessKeyId: credentials.accessKeyId, expiration: toSecond(credentials.expiresAtMs) },
      assumedRoleUser: { assumedRoleId: caller.userId, arn: caller.arn },
      ...omitUndefined({ sourceIdentity: caller.sourceIdentity }),
    },
  });
}

/** AssumeRole and GetCallerIdentity. No other STS operation is supported. */
export function stsService(sts: Sts): QueryService {
  const operations: Record<string, QueryOperation> = {
    AssumeRole: (parameters, call) => {
      const input = readAssumeRole(parameters);
      call.record({ requestParameters: requestParameters(input), readOnly: true });
      const percent = packedPercent(input.policyText ?? '', input.tags);
      const assumed = sts.assumeRole(call.caller, input, call.atMs);
      recordResult(call, assumed);
      const { accessKeyId, secretAccessKey, sessionToken, expiresAtMs } = assumed.credentials;
      return {
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: toSecond(expiresAtMs),
        },
        AssumedRoleUser: { AssumedRoleId: assumed.caller.userId, Arn: assumed.caller.arn },
        PackedPolicySize: percent,
        SessionTokenUtilization: percent,
        SourceIdentity: assumed.caller.sourceIdentity,
      };
    },
    /**
     * Needs no permission, and no policy can deny it:
     * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
     */
    GetCallerIdentity: (_parameters, { caller }) => ({
      UserId: caller.userId,
      Account: caller.accountId,
      Arn: caller.arn,
    }),
  };
  return new QueryService('sts', NAMESPACE, operations);
}
