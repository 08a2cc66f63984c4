import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsConfig } from '../function/aws-config.ts';
import { refusalKind } from 'taskbound-evidence/access-end/refusal';
import type { SessionCredentials } from '../../../core/work/work.ts';

/**
 * The answer to the task's own credentials. `refused`: permanently, which proves the end of access. `denied`:
 * possibly only because a policy has not taken effect yet; also for a session of a deleted role. `unclear`:
 * proves nothing about the credentials.
 */
export type CanaryAnswer =
  | { readonly answer: 'accepted' }
  | { readonly answer: 'refused' | 'denied' | 'unclear'; readonly error: string; readonly message: string };

/**
 * Makes, with one session's credentials, the one call that every session policy allows until its deadline.
 */
export interface Canary {
  ask(): Promise<CanaryAnswer>;
  /** Closes its connections. */
  end(): void;
}

/** Makes a canary for one session: no two sessions share a client, a connection or credentials. */
export type CanaryOf = (credentials: SessionCredentials, sessionSecretName: string) => Canary;

/** The answer in an error. Throws a value that is not an error. */
export function readRefusal(error: unknown): CanaryAnswer {
  if (!(error instanceof Error)) throw error;
  const { name, message } = error;
  return { answer: refusalKind(name, message), error: name, message };
}

/**
 * Calls DescribeSecret on the session secret with the task's own credentials. Its client keeps the
 * connection: a proof makes three calls, and a handshake for each would take longer than the call.
 */
export const secretsManagerCanary =
  (aws: AwsConfig): CanaryOf =>
  (credentials, sessionSecretName) => {
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const client = new SecretsManagerClient({
      ...aws,
      credentials: { accessKeyId, secretAccessKey, sessionToken },
    });
    return {
      ask: () =>
        client
          .send(new DescribeSecretCommand({ SecretId: sessionSecretName }))
          .then((): CanaryAnswer => ({ answer: 'accepted' }), readRefusal),
      end: () => client.destroy(),
    };
  };
