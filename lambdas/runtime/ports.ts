import type { EventEmitter } from 'node:events';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from 'taskbound-time/clock';
import type { AwsConfig } from '../control/function/aws-config.ts';
import { systemClock } from 'taskbound-time/system-clock';
import type { Output } from './guard-output.ts';

/** What the runtime stands on; tests give their own. */
export interface WorkPorts {
  readonly clock: Clock;
  /** Read only: the session's credentials are never put there. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** With the function's own role, which may read its type's session secrets and nothing else. */
  readonly ownSecrets: SecretsManagerClient;
  /** How the task's clients reach AWS: nothing on Lambda. */
  readonly aws: AwsConfig;
  readonly output: Output;
  /** Where Node tells of errors that nobody caught. */
  readonly events: EventEmitter;
}

/** Lambda's. */
export const lambdaPorts = (): WorkPorts => ({
  clock: systemClock,
  environment: process.env,
  ownSecrets: new SecretsManagerClient({}),
  aws: {},
  output: { console, stdout: process.stdout, stderr: process.stderr },
  events: process,
});
