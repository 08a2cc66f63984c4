import { omitUndefined } from '../helpers/omit-undefined.ts';
import type { CredentialStore, SessionCredentials } from '../gateway/auth/credentials.ts';
import { deniedError } from '../gateway/auth/auth-errors.ts';
import { type Call, type Caller, AwsError } from '../gateway/service.ts';
import { type QueryInput, checkLength } from '../gateway/wire/query-service.ts';
import { type SessionPolicyInput, readSeconds, readSessionPolicy } from './session-policy-input.ts';

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetScopedCredentials.html */
const MIN_SECONDS = 1;
const MAX_SECONDS = 129_600;
const MAX_DESCRIPTION = 256;
const MAX_POLICIES = 3;

export interface ScopedCredentialsInput extends SessionPolicyInput {
  /** Absent: the credentials expire with the caller's. */
  readonly seconds?: number;
  readonly description?: string;
}

/** Reads and checks the parameters. Throws ValidationError, MalformedPolicyDocument. */
export function readScopedCredentials(input: QueryInput): ScopedCredentialsInput {
  if (input.has('MinimumSessionTokenSize')) {
    throw new AwsError(
      'NotImplemented',
      'The embedded AWS does not support GetScopedCredentials with MinimumSessionTokenSize; packages/local/README.md lists what it does.',
      501,
    );
  }
  const seconds = readSeconds(input, MIN_SECONDS, MAX_SECONDS);
  const description = input.get('ScopedSessionDescription');
  if (description !== undefined) checkLength(description, 'ScopedSessionDescription', 0, MAX_DESCRIPTION);
  const read = { ...readSessionPolicy(input), ...omitUndefined({ seconds, description }) };
  if (read.policy !== undefined || seconds !== undefined) return read;
  throw new AwsError('ValidationError', 'At least one of Policy or DurationSeconds must be specified.');
}

export interface ScopedSession {
  readonly credentials: SessionCredentials;
  readonly caller: Caller;
}

/**
 * Credentials of the same session with fewer rights, a shorter life or both. STS does not document whether the caller needs a permission: here it
 * does, so that a policy which works here works in both cases. Throws AccessDenied, InvalidSubjectCredentials, InsufficientSessionLifetime.
 */
export function scopeDown(
  { caller, atMs, authorize }: Call,
  { policy, seconds }: ScopedCredentialsInput,
  store: CredentialStore,
): ScopedSession {
  const { kind, accountId: _account, accessKeyId: _key, expiresAtMs, ...identity } = caller;
  if (kind !== 'role-session' || expiresAtMs === undefined) {
    throw new AwsError(
      'InvalidSubjectCredentials',
      'GetScopedCredentials can only be called with temporary security credentials.',
    );
  }
  authorize({ action: 'sts:GetScopedCredentials', resource: '*' });
  return store.issue({
    ...identity,
    scopePolicies: withPolicy(caller, policy),
    issuedAtMs: atMs,
    expiresAtMs: expiryOf(seconds, atMs, expiresAtMs),
  });
}

function withPolicy({ scopePolicies = [], arn }: Caller, policy: ScopedCredentialsInput['policy']) {
  if (policy === undefined) return scopePolicies;
  if (scopePolicies.length < MAX_POLICIES) return [...scopePolicies, policy];
  throw deniedError(
    'sts',
    `User: ${arn} is not authorized to perform: sts:GetScopedCredentials because the session has ${MAX_POLICIES} scope-down policies already`,
  );
}

/** Credentials expire at a whole second, because Expiration has no fractions. */
function expiryOf(seconds: number | undefined, atMs: number, callersExpiryMs: number): number {
  if (seconds === undefined) return callersExpiryMs;
  const leftSeconds = Math.floor((callersExpiryMs - atMs) / 1000);
  if (seconds <= leftSeconds) return Math.floor(atMs / 1000 + seconds) * 1000;
  throw new AwsError(
    'InsufficientSessionLifetime',
    `The requested DurationSeconds (${seconds}) exceeds the remaining lifetime of the calling session (${leftSeconds} seconds).`,
  );
}
