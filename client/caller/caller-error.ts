import { messageOf, UsageError } from 'taskbound-evidence/command/errors';
import { TaskboundError } from 'taskbound-evidence/errors';
import { NotPermitted } from '../../core/shared/errors.ts';
import { CredentialError } from '../errors.ts';
import type { Environment } from './environment-config.ts';

type Problem = 'missing' | 'expired' | 'unknown-key' | 'bad-signature' | 'clock';

/**
 * The names under which AWS and its SDK report that they cannot tell who calls. The same problem has several names, by service:
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html,
 * https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList,
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
const PROBLEMS: Readonly<Record<string, Problem>> = {
  // The SDK found no credentials, or an expired sign-in.
  CredentialsProviderError: 'missing',
  TokenProviderError: 'missing',
  MissingAuthenticationToken: 'missing',
  MissingAuthenticationTokenException: 'missing',
  ExpiredToken: 'expired',
  ExpiredTokenException: 'expired',
  InvalidClientTokenId: 'unknown-key',
  UnrecognizedClientException: 'unknown-key',
  InvalidAccessKeyId: 'unknown-key',
  InvalidToken: 'unknown-key',
  SignatureDoesNotMatch: 'bad-signature',
  InvalidSignatureException: 'bad-signature',
  IncompleteSignature: 'bad-signature',
  IncompleteSignatureException: 'bad-signature',
  RequestExpired: 'clock',
  RequestTimeTooSkewed: 'clock',
};

/** Function URLs answer with a message, and not always with a name. */
const MESSAGES: readonly (readonly [RegExp, name: string])[] = [
  [/security token included in the request is expired/i, 'ExpiredTokenException'],
  [/security token included in the request is invalid/i, 'UnrecognizedClientException'],
  [/missing authentication token/i, 'MissingAuthenticationTokenException'],
  [
    /request signature we calculated does not match|signature (expired|not yet current)/i,
    'InvalidSignatureException',
  ],
];

/** The name of AWS's error in an answer that may have a message only. */
export const awsErrorName = (type: string | undefined, message: string): string | undefined =>
  type?.split(':', 1)[0] ?? MESSAGES.find(([pattern]) => pattern.test(message))?.[1];

/** A signature that is too old comes from a clock that is wrong. */
function problemOf(error: Error): Problem | undefined {
  const problem = PROBLEMS[error.name];
  return problem === 'bad-signature' && /signature (expired|not yet current)/i.test(error.message)
    ? 'clock'
    : problem;
}

const NO_REGION = /^Region is missing/;

/** Whether nobody can act with these credentials or this configuration: trying again does not help, and nothing was done. */
export const isCredentialError = (error: unknown): boolean =>
  error instanceof CredentialError ||
  (error instanceof Error && (problemOf(error) !== undefined || NO_REGION.test(error.message)));

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
export const isAccessDenied = (error: unknown): error is Error =>
  error instanceof Error && /^(AccessDenied(Exception)?|UnauthorizedOperation)$/.test(error.name);

/**
 * Explains an error that is about the caller: missing, expired or invalid credentials (`CredentialError`), no region (`UsageError`), or a call
 * that the caller may not make (`NotPermitted`). Returns every other error, and Taskbound's own, as it is.
 */
export function explainCaller(error: unknown, env: Environment): unknown {
  if (!(error instanceof Error) || error instanceof TaskboundError) return error;
  if (NO_REGION.test(error.message)) return noRegion(env);
  const problem = problemOf(error);
  if (problem !== undefined)
    return new CredentialError(
      `${whatIsWrong(problem, env)} (${error.name}: ${messageOf(error)}). ${nextStep(problem, env)}`,
    );
  return isAccessDenied(error) ? notPermitted(error) : error;
}

/** The credentials that were used. An access key's id is not secret; its secret is never printed. */
function sourceOf(env: Environment): string {
  const { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_PROFILE: profile } = env;
  if (key && secret) return `the access key ${key} (AWS_ACCESS_KEY_ID)`;
  return profile ? `the profile ${JSON.stringify(profile)} (AWS_PROFILE)` : "the SDK's default credentials";
}

function whatIsWrong(problem: Problem, env: Environment): string {
  const source = sourceOf(env);
  switch (problem) {
    case 'missing':
      return `There are no AWS credentials: ${source} ${source.includes('profile') ? 'has none, has expired or does not exist' : 'could not be loaded'}${halfSet(env)}`;
    case 'expired':
      return `The AWS credentials have expired: ${source}`;
    case 'unknown-key':
      return `AWS does not know the credentials: ${source}`;
    case 'bad-signature':
      return `AWS refused the signature: the secret access key does not belong to ${source}`;
    case 'clock':
      return `AWS refused the time of the signature, made with ${source}`;
  }
}

function halfSet({ AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret }: Environment): string {
  if (key && !secret) return '; AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not';
  return secret && !key ? '; AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not' : '';
}

function nextStep(problem: Problem, env: Environment): string {
  const { AWS_PROFILE: profile, AWS_ENDPOINT_URL: endpoint } = env;
  if (problem === 'clock') return "Correct this machine's clock.";
  if (endpoint && /^https?:\/\/(127\.0\.0\.1|localhost|\[::1\])[:/]?/.test(endpoint))
    return `Set all variables that "taskbound local" printed for ${endpoint}; each start prints new keys.`;
  return profile
    ? `Sign in (aws sso login --profile ${profile}), or set AWS_PROFILE to one of: aws configure list-profiles.`
    : 'Sign in (aws sso login) and set AWS_PROFILE, or set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary credentials, AWS_SESSION_TOKEN.';
}

const noRegion = ({ AWS_PROFILE: profile }: Environment): UsageError =>
  new UsageError(
    `There is no AWS region: AWS_REGION is not set, and ${profile ? `the profile ${JSON.stringify(profile)} (AWS_PROFILE) has none or does not exist` : 'there is none in the default profile'}. Set AWS_REGION to the region of the stack.`,
  );

const DENIED = /^User: (\S+) is not authorized to perform: (\S+)(?: on resource: (\S+))?/;

/** Which grants contain a call that a command makes itself: the first row whose action and resource match. */
const GRANTS: readonly (readonly [action: RegExp, resource: RegExp, grants: string])[] = [
  [/^cloudformation:/, /./, 'the permission cloudformation:DescribeStacks on the stack'],
  [/^dynamodb:(Put|Delete)Item$|^states:StopExecution$/, /./, 'grantDrain of the boundary'],
  [/^dynamodb:Query$/, /\/index\//, 'grantRead of the boundary'],
  [/^s3:/, /./, 'grantRead of the boundary'],
  [/^ssm:/, /\/types\//, 'grantRead or grantDecide of the task type, or grantRead of the boundary'],
  [/^(dynamodb|kms|states):/, /./, 'grantRead or grantSubmit of the task type, or grantRead of the boundary'],
];

/** Explains that the caller may not make a call. `needed`: what would permit it, if the call itself does not tell. */
export function notPermitted(error: Error, needed?: string): NotPermitted {
  const [, caller, action = '', resource = '*'] = DENIED.exec(error.message) ?? [];
  const who = caller === undefined ? 'The caller may not do this' : `${caller} may not call ${action}`;
  const row = GRANTS.find(([actions, resources]) => actions.test(action) && resources.test(resource));
  return new NotPermitted(
    `${who} (${error.name}: ${messageOf(error)}). Use credentials that have ${needed ?? row?.[2] ?? 'this permission'}, or act in a role that has it: --as NAME@ROLE.`,
  );
}
