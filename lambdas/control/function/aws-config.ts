import type { SFNClientConfig } from '@aws-sdk/client-sfn';

/** What every client is made with: nothing on Lambda, which has it all in its environment; a transport of its own in a simulation. */
export type AwsConfig = Pick<
  SFNClientConfig,
  'region' | 'endpoint' | 'credentials' | 'requestHandler' | 'signerConstructor' | 'maxAttempts'
>;
