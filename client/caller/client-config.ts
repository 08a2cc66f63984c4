import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { AwsCredentialIdentity } from '@aws-sdk/types';

/** Credentials, and whose they are, if that is known without asking AWS. */
export interface CallerIdentity extends AwsCredentialIdentity {
  readonly arn?: string;
}

/** The config of every SDK client of a connection. */
export interface ClientConfig {
  readonly region?: string;
  readonly endpoint?: string;
  readonly credentials?: CallerIdentity | (() => Promise<CallerIdentity>);
  readonly requestHandler?: NonNullable<STSClientConfig['requestHandler']>;
  /** Signs with another clock than the machine's. */
  readonly signerConstructor?: NonNullable<STSClientConfig['signerConstructor']>;
}
