import type { EventEmitter } from 'node:events';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Clock } from 'taskbound-time/clock';
import type { AwsConfig } from '../control/function/aws-config.ts';
import { systemClock } from 'taskbound-time/system-clock';
import type { Output } from './redaction/guard-output.ts';

/** The runtime's dependencies. Tests pass their own. */
export interface WorkPorts {
  readonly clock: Clock;
  /** Read only: the session's credentials are never written there. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** A client with the function's own role, which may only read the session secrets of its type. */
  readonly ownSecrets: SecretsManagerClient;
  /** Settings with which the task's clients reach AWS. Empty on Lambda. */
  readonly aws: AwsConfig;
  readonly output: Output;
  /** Where Node reports uncaught errors. */
  readonly events: EventEmitter;
}

/** The dependencies on Lambda. */
export const lambdaPorts = (): WorkPorts => ({
  clock: systemClock,
  environment: process.env,
  ownSecrets: new SecretsManagerClient({}),
  aws: {},
  output: { console, stdout: process.stdout, stderr: process.stderr },
  events: process,
});
