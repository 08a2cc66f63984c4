import * as z from 'zod';
import { sha256 } from './values.ts';

/** `task.admitted`: the grant is unchanged, approved where it must be, and the task may begin. */
export const taskAdmitted = z.looseObject({
  executionArn: z.string(),
  grantDigest: sha256,
  /** The longest that each lease may last, seconds. */
  leaseSeconds: z.int().min(1),
});

/** `task.rejected`: a rule rejected the task. The actor is the function that checked it: `admit`, `issue-secret` or `issue-identity`. */
export const taskRejected = z.looseObject({ because: z.string() });
