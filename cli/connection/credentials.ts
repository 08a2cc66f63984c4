import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Clock } from 'taskbound-time/clock';
import { NotPermitted } from '../../core/shared/errors.ts';
import { messageOf } from 'taskbound-evidence/command/errors';
import { isAccessDenied } from '../../client/caller/caller-error.ts';
import type { CallerIdentity, ClientConfig } from '../../client/caller/client-config.ts';
import { ServiceFailure } from '../../client/errors.ts';

/** Credentials are renewed this long before they expire. */
const RENEWAL_MARGIN_MS = 300_000;

/** A config whose credentials can be asked for in advance. */
export interface AssumedRoleConfig extends ClientConfig {
  readonly credentials: () => Promise<CallerIdentity>;
}

/** Converts a user name to a valid session name: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const sessionNameOf = (userName: string): string =>
  userName
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');

/**
 * A config with the credentials of an assumed role. They are renewed by the connection's clock, which may be virtual. The SDK knows only
 * real time. So the SDK gets an expiry in the past, and asks for the credentials again on each request.
 */
export function assumedRoleConfig(
  config: ClientConfig,
  clock: Clock,
  roleArn: string,
  userName: string,
): AssumedRoleConfig {
  const sts = new STSClient({ ...config });
  let cached: AssumedRole | undefined;
  const credentials = async (): Promise<CallerIdentity> => {
    if (cached === undefined || clock.nowMs() > cached.expiresAtMs - RENEWAL_MARGIN_MS)
      cached = await assume(sts, roleArn, userName);
    return cached.identity;
  };
  return { ...config, credentials };
}

interface AssumedRole {
  readonly identity: CallerIdentity;
  readonly expiresAtMs: number;
}

async function assume(sts: STSClient, RoleArn: string, userName: string): Promise<AssumedRole> {
  const RoleSessionName = sessionNameOf(userName);
  const { Credentials: given, AssumedRoleUser } = await sts
    .send(new AssumeRoleCommand({ RoleArn, RoleSessionName }))
    .catch((error: unknown) => {
      throw isAccessDenied(error) ? mayNotAssume(error, RoleArn, RoleSessionName) : error;
    });
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
    throw new ServiceFailure(`AssumeRole of ${RoleArn} returned no credentials. Check the endpoint.`);
  }
  const identity = {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: new Date(0),
    ...(AssumedRoleUser?.Arn !== undefined && { arn: AssumedRoleUser.Arn }),
  };
  return { identity, expiresAtMs: given.Expiration.getTime() };
}

/** Roles of people accept each caller only under the caller's own name, so the wrong credentials are the usual cause. */
const mayNotAssume = (error: Error, roleArn: string, sessionName: string): NotPermitted =>
  new NotPermitted(
    `These credentials may not act as ${sessionName} in the role ${roleArn} (${error.name}: ${messageOf(error)}). Use the credentials of the IAM user ${sessionName}, or give your own name and role: --as NAME@ROLE. Such a role accepts a user only under the user's own name, and neither the root user nor the session of another role; users of IAM Identity Center leave out --as.`,
  );
