/** An error that a state ends with: what Retry and Catch see, and what an execution fails with. `message` is the Cause. */
export class StateError extends Error {
  /** The `ErrorEquals` string. */
  override readonly name: string;
  /** Absent where AWS gives none, as for a timeout. */
  override readonly cause: string | undefined;

  constructor(name: string, cause?: string) {
    super(cause ?? name);
    this.name = name;
    this.cause = cause;
  }

  /** `$states.errorOutput`. AWS always gives both fields: a Cause that is unknown is empty. */
  toErrorOutput(): { readonly Error: string; readonly Cause: string } {
    return { Error: this.name, Cause: this.cause ?? '' };
  }
}

/** Thrown into whatever waits inside an execution that has ended from outside (StopExecution, timeout of the machine). */
export class ExecutionEnded extends Error {
  override readonly name = 'ExecutionEnded';
}

/** An expression or template that could not be evaluated; becomes a `States.QueryEvaluationError` once the state is known. */
export class EvaluationError extends Error {
  override readonly name = 'States.QueryEvaluationError';
  /** The field as AWS names it: `Output/result`. */
  readonly location: string;

  constructor(location: string, message: string) {
    super(message);
    this.location = location;
  }
}

/** https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html: text that AWS gives for a payload over its limit. */
export function dataLimitExceeded(what: string): StateError {
  return new StateError(
    'States.DataLimitExceeded',
    `The state/task '${what}' returned a result with a size exceeding the maximum number of bytes service limit.`,
  );
}
