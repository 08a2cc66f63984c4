import type { Definition } from './definition.ts';

/** How the interpreter reaches Lambda. */
export interface LambdaCall {
  /** Name or ARN, with `:qualifier` when the state gives one. */
  readonly functionName: string;
  readonly payload: unknown;
  /** The machine's role: Lambda checks `lambda:InvokeFunction` against it. */
  readonly roleArn: string;
  readonly executionArn: string;
  /** Aborted when no state waits for the result any more. The function itself must go on: AWS does not stop it either. */
  readonly signal: AbortSignal;
}

export interface LambdaResult {
  readonly payload: unknown;
  /** `$LATEST`, or the number of the version that ran. */
  readonly executedVersion: string;
}

/** Throws an error whose `name` is the `ErrorEquals` string and whose `message` is the Cause. */
export type InvokeLambda = (call: LambdaCall) => Promise<LambdaResult>;

/** A registered state machine. An execution keeps the one it was started with. */
export interface Machine {
  readonly arn: string;
  readonly name: string;
  readonly roleArn: string;
  readonly definition: Definition;
}
