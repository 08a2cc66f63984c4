import type { RequestContext, RequestPrincipal } from 'taskbound-iam/policy';
import { omitUndefined } from '../helpers/omit-undefined.ts';
import { ACCOUNT_ID, REGION } from '../gateway/account-and-region.ts';
import type { Caller } from '../gateway/service.ts';
import { toSecond } from '../trail/trail.ts';

const prefixed = (
  prefix: string,
  tags: Readonly<Record<string, string>> | undefined,
): Record<string, string> =>
  Object.fromEntries(Object.entries(tags ?? {}).map(([key, value]) => [prefix + key, value]));

/** The account in an ARN. ARNs of S3 and AWS managed policies contain none. */
const accountOf = (resource: string): string =>
  /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1] ?? ACCOUNT_ID;

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principaltype */
const PRINCIPAL_TYPES = { root: 'Account', user: 'User', 'role-session': 'AssumedRole' } as const;

function callerKeys(caller: Caller): RequestContext {
  if (caller.kind === 'service') {
    return {
      'aws:PrincipalIsAWSService': 'true',
      'aws:PrincipalServiceName': caller.service ?? caller.arn,
      ...(caller.sourceArn !== undefined && {
        'aws:SourceArn': caller.sourceArn,
        'aws:SourceAccount': caller.accountId,
      }),
    };
  }
  return {
    'aws:PrincipalArn': caller.roleArn ?? caller.arn,
    'aws:PrincipalAccount': caller.accountId,
    'aws:PrincipalType': PRINCIPAL_TYPES[caller.kind],
    'aws:PrincipalIsAWSService': 'false',
    'aws:userid': caller.userId,
    ...omitUndefined({ 'aws:username': caller.userName }),
    ...prefixed('aws:PrincipalTag/', caller.sessionTags),
    ...omitUndefined({ 'aws:SourceIdentity': caller.sourceIdentity }),
    ...(caller.issuedAtMs !== undefined && { 'aws:TokenIssueTime': toSecond(caller.issuedAtMs) }),
  };
}

/**
 * The global condition keys of a call:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export function globalContext(caller: Caller, resource: string, atMs: number): RequestContext {
  return {
    'aws:CurrentTime': toSecond(atMs),
    'aws:EpochTime': String(Math.floor(atMs / 1000)),
    'aws:RequestedRegion': REGION,
    'aws:ResourceAccount': accountOf(resource),
    'aws:SecureTransport': 'true',
    'aws:SourceIp': '127.0.0.1',
    'aws:ViaAWSService': 'false',
    ...callerKeys(caller),
  };
}

export function principalOf(caller: Caller): RequestPrincipal {
  const { kind, accountId, roleArn, service } = caller;
  return {
    // Users have no policies here: the evaluator treats them as the account.
    kind: kind === 'user' ? 'root' : kind,
    accountId,
    ...(roleArn !== undefined && { roleArn, sessionArn: caller.arn }),
    ...omitUndefined({ service }),
  };
}
