import type { Definition } from '../definition/definition.ts';

/** A call of Lambda by the interpreter. */
export interface LambdaCall {
  /** The name or ARN, with `:qualifier` if the state has one. */
  readonly functionName: string;
  readonly payload: unknown;
  /** @default - none: the function does not isolate tenants */
  readonly tenantId?: string;
  /** Whether the state uses the AWS SDK integration, for which the error of a function is a result. @default false */
  readonly isSdkCall?: boolean;
  /** The machine's role, which needs `lambda:InvokeFunction`. */
  readonly roleArn: string;
  readonly executionArn: string;
  /** Aborted when no state waits for the result any more. The function must continue, as on AWS. */
  readonly signal: AbortSignal;
}

export interface LambdaResult {
  /** JSON text for the AWS SDK integration, a value for all others. */
  readonly payload: unknown;
  /** `$LATEST`, or the number of the version that ran. */
  readonly executedVersion: string;
  /** `Unhandled` if the function failed; `payload` is then its error. Only for the AWS SDK integration. */
  readonly functionError?: string;
}

/** Throws an error whose `name` is the `ErrorEquals` string and whose `message` is the Cause. */
export type InvokeLambda = (call: LambdaCall) => Promise<LambdaResult>;

/** A state machine. An execution keeps the version that it was started with. */
export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
  /** The definition's JSON text. */
  readonly definitionText?: string;
}
