/** The part of the Amazon States Language (JSONata) that Taskbound writes: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html */

/** A JSON value, or a JSONata expression in its place. */
export type AslValue =
  string | number | boolean | null | readonly AslValue[] | { readonly [key: string]: AslValue };

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Output: AslValue;
  readonly Next: string;
}

export interface TaskState {
  readonly Type: 'Task';
  /** One sentence: operators read it in the console. */
  readonly Comment: string;
  readonly Resource: string;
  readonly Arguments: {
    readonly FunctionName: string;
    /** Only for the AWS SDK integration. */
    readonly TenantId?: string;
    readonly Payload: AslValue;
  };
  readonly TimeoutSeconds: number;
  readonly Output: AslValue;
  readonly Retry?: readonly Retrier[];
  readonly Catch: readonly Catcher[];
  readonly Next: string;
}

interface ChoiceState {
  readonly Type: 'Choice';
  readonly Comment: string;
  readonly Choices: readonly { readonly Condition: string; readonly Next: string }[];
  readonly Default: string;
}

interface WaitState {
  readonly Type: 'Wait';
  readonly Comment: string;
  /** ISO 8601; a time in the past does not wait. */
  readonly Timestamp: string;
  readonly Output: AslValue;
  readonly Next: string;
}

interface SucceedState {
  readonly Type: 'Succeed';
  readonly Comment: string;
  readonly Output: AslValue;
}

interface FailState {
  readonly Type: 'Fail';
  readonly Comment: string;
  readonly Error: string;
  readonly Cause: string;
}

export type State = TaskState | ChoiceState | WaitState | SucceedState | FailState;
export type States = Readonly<Record<string, State>>;

export interface Definition {
  readonly Comment: string;
  readonly QueryLanguage: 'JSONata';
  readonly StartAt: string;
  readonly States: States;
}
