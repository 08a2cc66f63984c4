import type { SFNClientConfig } from '@aws-sdk/client-sfn';

/**
 * The configuration of every client: empty on Lambda, whose environment has everything; its own transport in
 * a simulation.
 */
export type AwsConfig = Pick<
  SFNClientConfig,
  'region' | 'endpoint' | 'credentials' | 'requestHandler' | 'signerConstructor' | 'maxAttempts'
>;
