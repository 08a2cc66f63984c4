/**
 * The base class of all Taskbound errors. `name` is the string that a state's `ErrorEquals` matches. The
 * message contains what failed, the value seen, the value allowed and the next step.
 * `test/lib/workflow/error-routes.test.ts` maps each name to the Retry or Catch that handles it.
 */
export abstract class TaskboundError extends Error {
  abstract override readonly name: string;
}

/** The request is malformed or exceeds a limit: no task exists, and nothing is recorded. */
export class MalformedRequest extends TaskboundError {
  override readonly name = 'MalformedRequest';
}
