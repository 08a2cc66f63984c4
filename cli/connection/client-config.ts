import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@aws-sdk/types';

/** The config of every SDK client of a connection. */
export interface ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: AwsCredentialIdentity | (() => Promise<AwsCredentialIdentity>);
  readonly requestHandler?: NonNullable<STSClientConfig['requestHandler']>;
  /** Signs with another clock than the machine's. */
  readonly signerConstructor?: NonNullable<STSClientConfig['signerConstructor']>;
}
