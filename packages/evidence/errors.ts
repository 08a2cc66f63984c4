/**
 * Every error of Taskbound's own. `name` is the string that a state's `ErrorEquals` sees; the message says what failed, the value
 * seen, the value allowed and the next step. `test/lib/workflow/error-routes.test.ts` maps each name to the Retry or Catch that answers it.
 */
export abstract class TaskboundError extends Error {
  abstract override readonly name: string;
}

/** The request is malformed or over a limit: no task exists, nothing is recorded. */
export class MalformedRequest extends TaskboundError {
  override readonly name = 'MalformedRequest';
}
