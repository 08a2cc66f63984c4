import { randomBytes } from 'node:crypto';
import type { Clock } from 'taskbound-time/clock';
import type { AwsConfig } from './aws-config.ts';
import { systemClock } from 'taskbound-time/system-clock';

/** What a control function needs from outside. Handler files use Lambda's; a simulation provides its own. */
export interface ControlPorts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly aws: AwsConfig;
  /** The same for calls that the client must not retry: a call without a response may have had its effect. */
  readonly awsOnce: AwsConfig;
  readonly clock: Clock;
  /** Lower-case hex of this many random bytes. */
  readonly randomHex: (bytes: number) => string;
  /** Writes one line of standard output as it is: a metric must not be wrapped into a log entry. */
  readonly print: (line: string) => void;
}

/**
 * Lambda's. `print` bypasses `console`, which Lambda's JSON log format wraps; each line that a function
 * writes to standard output becomes one log event:
 * https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html. Powertools does the same, with its own
 * Console.
 */
export const lambdaPorts: ControlPorts = {
  environment: process.env,
  aws: {},
  awsOnce: { maxAttempts: 1 },
  clock: systemClock,
  randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  print: (line) => void process.stdout.write(`${line}\n`),
};
