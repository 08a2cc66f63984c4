import { randomBytes } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import type { AwsConfig } from '../aws-config.ts';
import { systemClock } from '../clock.ts';

/** What a control function stands on. Handler files take Lambda's; a simulation gives its own. */
export interface ControlPorts {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly aws: AwsConfig;
  /** The same for calls that must not be made again by themselves: one whose answer was lost may have had its effect. */
  readonly awsOnce: AwsConfig;
  readonly clock: Clock;
  /** Lower-case hex of as many random bytes. */
  readonly randomHex: (bytes: number) => string;
}

/** Lambda's. */
export const lambdaPorts: ControlPorts = {
  environment: process.env,
  aws: {},
  awsOnce: { maxAttempts: 1 },
  clock: systemClock,
  randomHex: (bytes) => randomBytes(bytes).toString('hex'),
};
