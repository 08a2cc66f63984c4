import type { LocalClock } from '../clock/local-clock.ts';

/** What the loader says of a function: a template's `AWS::Lambda::Function`, resolved. */
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
  /** Invocations at one time; absent means no limit of its own. */
  readonly reservedConcurrency?: number;
  /** Defaults to `/aws/lambda/<name>`. */
  readonly logGroup?: string;
}

/** Code and configuration as they were when the version was made. */
export interface FunctionVersion {
  readonly spec: FunctionSpec;
  /** `$LATEST` or a number. */
  readonly version: string;
  readonly code: Bundle;
}

export interface Bundle {
  /** As the function sees its file: `/var/task/index.js`. */
  readonly fileName: string;
  /** The exported function's name. */
  readonly exportName: string;
  readonly source: string;
  /** SHA-256 of the source, hexadecimal. */
  readonly hash: string;
}

/** Credentials of a role session, as a function gets them in its environment variables. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs?: number;
}

/** A service takes on the role that it was given: checks the role's trust policy for that service. */
export type AssumeServiceRole = (
  roleArn: string,
  service: string,
  sessionName: string,
) => SessionCredentials | Promise<SessionCredentials>;

export interface LogLine {
  readonly functionName: string;
  readonly version: string;
  /** Empty while the code is being loaded. */
  readonly requestId: string;
  readonly atMs: number;
  readonly level: 'INFO' | 'WARN' | 'ERROR' | 'DEBUG' | 'STDOUT' | 'STDERR' | 'PLATFORM';
  readonly message: string;
}

/** What a failed invocation returns as its payload. */
export interface FunctionErrorPayload {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export interface InvocationResult {
  readonly requestId: string;
  readonly version: string;
  /** JSON text: the result, or the error when `error` is there. */
  readonly payload: string;
  readonly error?: FunctionErrorPayload;
}

/** Runs functions: `LambdaHost` their bundles in sandboxes, a simulation their sources in this process. */
export interface FunctionHost {
  readonly clock: LocalClock;
  /** Every line that functions wrote, in order. */
  readonly logs: LogLine[];
  /** By function name. */
  readonly metrics: Map<string, FunctionMetrics>;
  /**
   * Runs one invocation to its end. A failure of the function is a result with `error`; throws `AwsError` when it cannot be run at all.
   * @param eventText JSON text of the event.
   */
  invoke(
    fn: FunctionVersion,
    invokedArn: string,
    eventText: string,
    requestId?: string,
  ): Promise<InvocationResult>;
  /** Nothing of a function runs after this. */
  close(): void;
}

export interface FunctionMetrics {
  coldStarts: number;
  invocations: number;
  errors: number;
}
