/** The error of a task whose execution ended before its work: it was stopped, timed out, or failed in AWS. */
export const EXECUTION_ENDED = 'ExecutionEnded';

/** The failure that is recorded if nothing else is known about the work. */
export const ENDED_BEFORE_WORK = {
  error: EXECUTION_ENDED,
  cause: 'The execution ended before the work did.',
} as const;
