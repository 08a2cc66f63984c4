import { omitUndefined } from '../helpers/omit-undefined.ts';
import { type Call } from '../gateway/service.ts';
import { toSecond } from '../trail/trail.ts';
import { type QueryInput, type QueryOperation, QueryService } from '../gateway/wire/query-service.ts';
import type { XmlFields } from '../gateway/wire/xml.ts';
import type { CredentialStore, SessionCredentials } from '../gateway/auth/credentials.ts';
import { type AssumeRoleInput, readAssumeRole } from './assume-role-input.ts';
import { packedPercent } from './packed-size.ts';
import { readScopedCredentials, scopeDown, type ScopedCredentialsInput } from './scoped-credentials.ts';
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

const scopedParameters = (input: ScopedCredentialsInput): Record<string, unknown> =>
  omitUndefined({
    policy: input.policyText,
    durationSeconds: input.seconds,
    scopedSessionDescription: input.description,
  });

/** The fields of `Credentials` in a response. */
const credentialFields = ({
  accessKeyId,
  secretAccessKey,
  sessionToken,
  expiresAtMs,
}: SessionCredentials) => ({
  AccessKeyId: accessKeyId,
  SecretAccessKey: secretAccessKey,
  SessionToken: sessionToken,
  Expiration: toSecond(expiresAtMs),
});

function getScopedCredentials(parameters: QueryInput, call: Call, credentials: CredentialStore): XmlFields {
  const input = readScopedCredentials(parameters);
  call.record({ requestParameters: scopedParameters(input), readOnly: true });
  const scoped = scopeDown(call, input, credentials);
  const { caller } = scoped;
  const policies = [caller.sessionPolicy ?? '', ...(caller.scopePolicies ?? [])];
  const percent = packedPercent(JSON.stringify(policies), caller.sessionTags ?? {});
  const session = { ScopedSessionId: caller.userId, Arn: caller.arn };
  call.record({
    responseElements: {
      credentials: {
        accessKeyId: scoped.credentials.accessKeyId,
        expiration: toSecond(scoped.credentials.expiresAtMs),
      },
      sessionInfo: { scopedSessionId: caller.userId, arn: caller.arn },
      ...omitUndefined({ sourceIdentity: caller.sourceIdentity }),
    },
  });
  return {
    Credentials: credentialFields(scoped.credentials),
    SessionInfo: session,
    SessionTokenUtilization: percent,
    SessionTokenSize: Buffer.byteLength(scoped.credentials.sessionToken),
    ScopedPoliciesCount: caller.scopePolicies?.length ?? 0,
    SourceIdentity: caller.sourceIdentity,
  };
}

/** AssumeRole, GetScopedCredentials and GetCallerIdentity. No other STS operation is supported. */
export function stsService(sts: Sts, credentials: CredentialStore): QueryService {
  const operations: Record<string, QueryOperation> = {
    AssumeRole: (parameters, call) => {
      const input = readAssumeRole(parameters);
      call.record({ requestParameters: requestParameters(input), readOnly: true });
      const percent = packedPercent(input.policyText ?? '', input.tags);
      const assumed = sts.assumeRole(call.caller, input, call.atMs);
      recordResult(call, assumed);
      return {
        Credentials: credentialFields(assumed.credentials),
        AssumedRoleUser: { AssumedRoleId: assumed.caller.userId, Arn: assumed.caller.arn },
        PackedPolicySize: percent,
        SessionTokenUtilization: percent,
        SourceIdentity: assumed.caller.sourceIdentity,
      };
    },
    GetScopedCredentials: (parameters, call) => getScopedCredentials(parameters, call, credentials),
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
