import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@aws-sdk/types';
import type { Clock } from 'taskbound-time/clock';
import type { ClientConfig } from './client-config.ts';
import { ServiceFailure } from '../errors.ts';
import type { Io } from '../io.ts';

/** Renewed this long before they expire. */
const MARGIN_MS = 300_000;

/** Credentials that stand in the environment; otherwise none, and the SDK looks where AWS clients look (profiles, SSO, instance roles). */
export function callerCredentials(env: Io['env']): { readonly credentials?: AwsCredentialIdentity } {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
}

/** A name as a session name: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
export const sessionNameOf = (userName: string): string =>
  userName
    .replace(/[^\w+=,.@-]/g, '-')
    .slice(0, 64)
    .padEnd(2, '-');

/**
 * The config of somebody who assumed a role. The credentials are renewed by the connection's own clock, which may be a virtual one;
 * to the SDK, which knows only real time, they always look expired, so that it asks each time.
 */
export function assumedRoleConfig(
  config: ClientConfig,
  clock: Clock,
  roleArn: string,
  userName: string,
): ClientConfig {
  const sts = new STSClient({ ...config });
  let held: { readonly identity: AwsCredentialIdentity; readonly untilMs: number } | undefined;
  const credentials = async (): Promise<AwsCredentialIdentity> => {
    if (held === undefined || clock.nowMs() > held.untilMs - MARGIN_MS)
      held = await assume(sts, roleArn, userName);
    return held.identity;
  };
  return { ...config, credentials };
}

async function assume(
  sts: STSClient,
  roleArn: string,
  userName: string,
): Promise<{ identity: AwsCredentialIdentity; untilMs: number }> {
  const { Credentials: given } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: sessionNameOf(userName) }),
  );
  if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
    throw new ServiceFailure(`AssumeRole of ${roleArn} gave no credentials. Check the endpoint.`);
  }
  const identity = {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: new Date(0),
  };
  return { identity, untilMs: given.Expiration.getTime() };
}
