/** The error of a task whose execution ended before its work did: it was stopped, it timed out, or AWS failed it. */
export const EXECUTION_ENDED = 'ExecutionEnded';

/** The failure of work about which nothing else is known. */
export const ENDED_BEFORE_WORK = {
  error: EXECUTION_ENDED,
  cause: 'The execution ended before the work did.',
} as const;
