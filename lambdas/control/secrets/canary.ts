import { DescribeSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsConfig } from '../function/aws-config.ts';
import { refusalKind } from 'taskbound-evidence/access-end/refusal';
import type { SessionCredentials } from '../../../core/work/work.ts';

/**
 * How the task's own credential was answered. `refused`: for good, which proves the end of access. `denied`: not let in, but it may be
 * for a policy that has not arrived yet; what a session of a role that was deleted is told. `unclear`: says nothing of the credential.
 */
export type CanaryAnswer =
  | { readonly answer: 'accepted' }
  | { readonly answer: 'refused' | 'denied' | 'unclear'; readonly error: string; readonly message: string };

/** Asks with one session's credentials for the one call that every session policy allows until its end. */
export interface Canary {
  ask(): Promise<CanaryAnswer>;
  /** Closes its connections. */
  end(): void;
}

/** A canary of its own for each session: no two share a client, a connection or credentials. */
export type CanaryOf = (credentials: SessionCredentials, sessionSecretName: string) => Canary;

/** The answer that an error is. What is no error is thrown on. */
export function readRefusal(error: unknown): CanaryAnswer {
  if (!(error instanceof Error)) throw error;
  const { name, message } = error;
  return { answer: refusalKind(name, message), error: name, message };
}

/**
 * Calls DescribeSecret on the session secret with the task's own credentials. Its client keeps the connection: a proof asks three times, and
 * a handshake each time would cost more than the answer.
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
