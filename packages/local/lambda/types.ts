import type { LocalClock } from '../clock/local-clock.ts';

/** A function of the template: a resolved `AWS::Lambda::Function`. */
export interface FunctionSpec {
  readonly name: string;
  /** Unqualified: `arn:aws:lambda:<region>:<account>:function:<name>`. */
  readonly arn: string;
  /** The folder of the deployed bundle. */
  readonly codeDir: string;
  /** `index.handler`. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly roleArn: string;
  /** Parallel invocations. @default - no limit */
  readonly reservedConcurrency?: number;
  /** Whether each tenant has its own environments, and each invocation names its tenant. @default - environments are shared */
  readonly tenantIsolation?: 'PER_TENANT';
  /** The size of `/tmp`, MiB. @default 512 */
  readonly temporaryMb?: number;
  /** @default /aws/lambda/<name> */
  readonly logGroup?: string;
}

/** The code and configuration of a published version, or of `$LATEST`. */
export interface FunctionVersion {
  readonly spec: FunctionSpec;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly code: Bundle;
}

export interface Bundle {
  /** The path that the function sees: `/var/task/index.js`. */
  readonly fileName: string;
  /** The exported function's name. */
  readonly exportName: string;
  readonly source: string;
  /** SHA-256 of the source, hexadecimal. */
  readonly hash: string;
}

/** The credentials of a role session, as a function receives them in its environment variables. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs?: number;
}

/** Assumes a role for a service, after checking that the role's trust policy allows the service. */
export type AssumeServiceRole = (
  roleArn: string,
  service: string,
  sessionName: string,
) => RoleCredentials | Promise<RoleCredentials>;

export interface LogLine {
  readonly functionName: string;
  readonly version: string;
  /** Empty while the code is being loaded. */
  readonly requestId: string;
  readonly atMs: number;
  readonly level: 'INFO' | 'WARN' | 'ERROR' | 'DEBUG' | 'STDOUT' | 'STDERR' | 'PLATFORM';
  readonly message: string;
}

/** Receives a line of a log stream, as CloudWatch Logs would. */
export type OnLog = (
  group: string,
  line: { readonly stream: string; readonly atMs: number; readonly message: string },
) => void;

/** The payload of a failed invocation. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export interface InvocationResult {
  readonly requestId: string;
  readonly version: string;
  /** JSON text: the result, or the error if `error` is set. */
  readonly payload: string;
  readonly error?: FunctionErrorPayload;
}

/** What an invocation has besides its event. */
export interface InvocationOptions {
  /** @default - a new one */
  readonly requestId?: string;
  /** @default - none: the function does not isolate tenants */
  readonly tenantId?: string;
}

/**
 * Runs functions. `LambdaHost` runs their bundles in sandboxes; a simulation runs their sources in this
 * process.
 */
export interface FunctionHost {
  readonly clock: LocalClock;
  /** Every log line of the functions, in order. */
  readonly logs: LogLine[];
  /** By function name. */
  readonly metrics: Map<string, FunctionMetrics>;
  /**
   * Runs one invocation to its end. If the function fails, the result has `error`. Throws `AwsError` when it
   * cannot run.
   * @param eventText The event as JSON text.
   */
  invoke(
    fn: FunctionVersion,
    invokedArn: string,
    eventText: string,
    options?: InvocationOptions,
  ): Promise<InvocationResult>;
  /** Stops all functions. */
  close(): void;
}

export interface FunctionMetrics {
  coldStarts: number;
  invocations: number;
  errors: number;
}
