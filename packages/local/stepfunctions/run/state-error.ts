/** An error of a state: Retry and Catch match it, and an execution fails with it. */
export class StateError extends Error {
  /** The `ErrorEquals` string. */
  override readonly name: string;
  /** Absent where AWS provides none, as for a timeout. */
  override readonly cause: string | undefined;

  constructor(name: string, cause?: string) {
    super(cause ?? name);
    this.name = name;
    this.cause = cause;
  }

  /** `$states.errorOutput`. AWS always provides both fields; an unknown Cause is empty. */
  toErrorOutput(): { readonly Error: string; readonly Cause: string } {
    return { Error: this.name, Cause: this.cause ?? '' };
  }
}

/**
 * Rejects everything that the interpreter waits for when an execution was ended from outside (StopExecution,
 * timeout).
 */
export class InterpreterStopped extends Error {
  override readonly name = 'InterpreterStopped';
}

/**
 * An expression or template that could not be evaluated. Becomes a `States.QueryEvaluationError` of its
 * state.
 */
export class EvaluationError extends Error {
  override readonly name = 'States.QueryEvaluationError';
  /** The field, in AWS's notation: `Output/result`. */
  readonly location: string;

  constructor(location: string, message: string) {
    super(message);
    this.location = location;
  }
}

/**
 * AWS's error for a payload over the limit:
 * https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function dataLimitExceeded(what: string): StateError {
  return new StateError(
    'States.DataLimitExceeded',
    `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
