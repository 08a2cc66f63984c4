import * as z from 'zod';

/**
 * `attempt.refused`: a call that was not permitted, or came too late, and changed nothing. The actor is the caller's ARN. In the chain of a
 * task, or in the chain of an emergency's review.
 */
export const attemptRefused = z.looseObject({
  what: z.enum(['approve', 'refuse', 'end']),
  /** The cause in one word: `not-permitted`, `already-decided`, `requester` and others. Part of the event's id, so that repeated attempts add nothing. */
  code: z.string(),
  /** The cause in a sentence. */
  because: z.string(),
});
