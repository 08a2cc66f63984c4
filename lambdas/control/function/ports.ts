import { randomBytes } from 'node:crypto';
import type { Clock } from 'taskbound-time/clock';
import type { AwsConfig } from './aws-config.ts';
import { systemClock } from 'taskbound-time/system-clock';

/** What a control function stands on. Handler files take Lambda's; a simulation gives its own. */
export interface ControlPorts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly aws: AwsConfig;
  /** The same for calls that must not be made again by themselves: one whose answer was lost may have had its effect. */
  readonly awsOnce: AwsConfig;
  readonly clock: Clock;
  /** Lower-case hex of as many random bytes. */
  readonly randomHex: (bytes: number) => string;
  /** Writes one line of standard output as it is: a metric must not be wrapped into a log entry. */
  readonly print: (line: string) => void;
}

/**
 * Lambda's. `print` goes past `console`, which Lambda's JSON log format wraps; what a function itself writes to standard output becomes a
 * log event a line: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html. Powertools does the same, with a Console of its own.
 */
export const lambdaPorts: ControlPorts = {
  environment: process.env,
  aws: {},
  awsOnce: { maxAttempts: 1 },
  clock: systemClock,
  randomHex: (bytes) => randomBytes(bytes).toString('hex'),
  print: (line) => void process.stdout.write(`${line}\n`),
};
