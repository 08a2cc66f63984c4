import * as z from 'zod';

/** `task.ended`: a person ended the task before its own end. The actor is the person's ARN. */
export const taskEnded = z.looseObject({
  person: z.string(),
  /** In the person's words. */
  reason: z.string(),
  /** The phase of the boundary when the task was ended. All phases, in their order. */
  wasIn: z.enum(['requested', 'approved', 'admitted', 'open', 'revoking', 'revoked', 'closed']),
});
