import type { AwsCredentialIdentity } from '@aws-sdk/types';
import { UsageError } from 'taskbound-evidence/command/errors';
import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { ClientConfig } from './client-config.ts';

/** Variables of a process: `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The client config from the environment. Throws `UsageError` for an endpoint that is not a URL. */
export function environmentConfig(env: Environment): ClientConfig {
  const endpoint = endpointOf(env);
  const region = env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'];
  return {
    ...omitUndefined({ endpoint, region }),
    ...callerCredentials(env),
  };
}

function endpointOf(env: Environment): string | undefined {
  const endpoint = env['AWS_ENDPOINT_URL'];
  if (endpoint === undefined || endpoint === '') return undefined;
  if (!URL.canParse(endpoint) || !/^https?:/.test(endpoint)) {
    throw new UsageError(
      `AWS_ENDPOINT_URL is ${JSON.stringify(endpoint)}; it must be a URL such as http://127.0.0.1:4566. Correct or unset it.`,
    );
  }
  return endpoint.replace(/\/+$/, '');
}

/** Credentials from the environment. Without them the SDK uses its default sources (profiles, SSO, instance roles). */
function callerCredentials(env: Environment): { readonly credentials?: AwsCredentialIdentity } {
  const {
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
  } = env;
  if (!accessKeyId || !secretAccessKey) return {};
  return { credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) } };
}
