import type { STSClientConfig } from '@aws-sdk/client-sts';
import type { HttpHandler } from '@smithy/protocol-http';
import type { PolicyDelay } from '../iam/authorizer.ts';
import type { LocalClock } from '../clock/local-clock.ts';
import type { HostOptions } from '../lambda/host.ts';
import type { Bundle, FunctionHost, FunctionSpec } from '../lambda/types.ts';
import type { ResolvedResource, SkippedResource } from '../template/resolve.ts';

/** Milliseconds until readers know what was just made: for all services, or by signing name. */
type ReadLag =
  | number
  | {
      /** Until calls know a secret that CreateSecret made, and GetSecretValue a version that was put. @default 0 */
      readonly secretsmanager?: number;
      /** Until AssumeRole knows a role that was created; until then it answers AccessDenied. @default 0 */
      readonly sts?: number;
    };

export interface StartOptions {
  readonly clock: LocalClock;
  /** The same seed and the same calls give the same ids, keys and secret suffixes. @default taskbound */
  readonly seed?: string;
  /** @default DEFAULT_POLICY_DELAY_MS */
  readonly policyDelayMs?: PolicyDelay;
  /** How long readers do not know what was just made. @default 0 */
  readonly readLagMs?: ReadLag;
  /** The origin of function URLs, for clients outside: `http://127.0.0.1:4566`. @default DEFAULT_ORIGIN */
  readonly origin?: string;
  /** Runs functions in another way than as bundles in sandboxes. @default LambdaHost */
  readonly functions?: {
    readonly host: (options: HostOptions) => FunctionHost;
    readonly readBundle: (spec: FunctionSpec) => Bundle;
  };
}

/** What was loaded of one stack. */
export interface StackContents {
  readonly stackName: string;
  readonly outputs: Readonly<Record<string, string>>;
  readonly resources: ReadonlyMap<string, ResolvedResource>;
}

export interface LoadedStack extends StackContents {
  /** The stacks on which it depends, in the order in which they were loaded. */
  readonly before: readonly StackContents[];
  /** Resources of this stack, and of the stacks before it, that were not loaded. Empty unless the caller said what it needs. */
  readonly skipped: readonly SkippedResource[];
}

/** The configuration of an SDK client that calls this AWS in process, on its clock. */
export interface InProcessClientConfig {
  readonly region: string;
  readonly endpoint: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly requestHandler: HttpHandler;
  /** Signs with this AWS's clock. */
  readonly signerConstructor: NonNullable<STSClientConfig['signerConstructor']>;
  readonly forcePathStyle: true;
}
