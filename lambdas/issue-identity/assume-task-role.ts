import { AssumeRoleCommand, STSServiceException, type STSClient } from '@aws-sdk/client-sts';
import type { Clock } from 'taskbound-time/clock';
import { describeError } from 'taskbound-evidence/describe-error';
import { IdentityUncertain } from '../../core/shared/errors.ts';
import { untilKnown } from '../../core/shared/read-lag.ts';
import { BOUNDARY_TAG } from 'taskbound-evidence/names/ids';
import { sessionCredentials, type SessionCredentials } from '../../core/work/work.ts';

/**
 * The shortest session that STS makes:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html. A shorter lease ends by the
 * policy's deadline.
 */
const SHORTEST_SESSION_SECONDS = 900;

interface Assume {
  readonly roleArn: string;
  /** Session name, source identity and tag: the trust policy requires that they are equal. */
  readonly boundaryId: string;
  readonly policy: string;
  readonly leaseSeconds: number;
}

/** A throttled call is repeated: STS refused it and created nothing. */
const TRIES = 3;
const FIRST_PAUSE_MS = 200;

/**
 * Creates one session. Throws `IdentityUncertain` when STS gave no answer, or one that leaves the result open
 * (5xx): a session may exist whose credentials are lost, so the call is not repeated for this lease. For the
 * same reason the client does not retry.
 */
export const assumeTaskRole = (sts: STSClient, to: Assume, clock: Clock): Promise<SessionCredentials> =>
  untilKnown(() => assumeUnlessThrottled(sts, to, clock), { clock, isUnknown: isDenied });

/** A role that was deployed a moment ago is refused like one that does not exist. A refusal makes no session. */
const isDenied = (error: unknown): boolean =>
  error instanceof STSServiceException && error.name === 'AccessDenied';

async function assumeUnlessThrottled(sts: STSClient, to: Assume, clock: Clock): Promise<SessionCredentials> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await assume(sts, to);
    } catch (error) {
      if (!isRefusal(error)) throw uncertain(error, to.boundaryId);
      if (tried === TRIES || !isThrottled(error)) throw error;
      await clock.sleep(FIRST_PAUSE_MS * 2 ** (tried - 1));
    }
  }
}

const isRefusal = (error: unknown): error is STSServiceException =>
  error instanceof STSServiceException && (error.$metadata.httpStatusCode ?? 500) < 500;

/** https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html */
const isThrottled = ({ name }: STSServiceException): boolean => /^(Throttl|RequestLimitExceeded)/.test(name);

const uncertain = (error: unknown, boundaryId: string): IdentityUncertain =>
  new IdentityUncertain(
    `STS did not answer AssumeRole for ${boundaryId} (${describeError(error)}); a session may exist whose credentials are lost. It is tried again with a new lease.`,
  );

async function assume(sts: STSClient, to: Assume): Promise<SessionCredentials> {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: to.roleArn,
      RoleSessionName: to.boundaryId,
      SourceIdentity: to.boundaryId,
      Tags: [{ Key: BOUNDARY_TAG, Value: to.boundaryId }],
      Policy: to.policy,
      DurationSeconds: Math.max(SHORTEST_SESSION_SECONDS, to.leaseSeconds),
    }),
  );
  return sessionCredentials.parse({
    accessKeyId: Credentials?.AccessKeyId,
    secretAccessKey: Credentials?.SecretAccessKey,
    sessionToken: Credentials?.SessionToken,
    expiration: Credentials?.Expiration?.toISOString(),
  });
}
