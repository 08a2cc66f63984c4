import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import type { Clock } from 'taskbound-time/clock';
import type { ClientConfig } from './client-config.ts';
import { ServiceFailure } from '../errors.ts';
import type { Io } from '../io.ts';

/** Credentials are renewed this long before they expire. */
const RENEWAL_MARGIN_MS = 300_000;

/** Credentials from the environment. Without them the SDK uses its default sources (profiles, SSO, instance roles). */
export function callerCredentials(env: Io['env']): { readonly credentials?: AwsCredentialIdentity } {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
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
): ClientConfig {
  const sts = new STSClient({ ...config });
  let cached: { readonly identity: AwsCredentialIdentity; readonly expiresAtMs: number } | undefined;
  const credentials = async (): Promise<AwsCredentialIdentity> => {
    if (cached === undefined || clock.nowMs() > cached.expiresAtMs - RENEWAL_MARGIN_MS)
      cached = await assume(sts, roleArn, userName);
    return cached.identity;
  };
  return { ...config, credentials };
}

async function assume(
  sts: STSClient,
  roleArn: string,
  userName: string,
): Promise<{ identity: AwsCredentialIdentity; expiresAtMs: number }> {
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionNameOf(userName) }),
  );
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
    throw new ServiceFailure(`AssumeRole of ${roleArn} returned no credentials. Check the endpoint.`);
  }
  const identity = {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: new Date(0),
  };
  return { identity, expiresAtMs: given.Expiration.getTime() };
}
