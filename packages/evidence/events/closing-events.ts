import * as z from 'zod';
import { proofKind } from './revocation-events.ts';
import { count } from './values.ts';

/** `boundary.closed`: the last event of every chain of a task; what is signed covers it. */
export const boundaryClosed = z.looseObject({
  outcome: z.enum(['succeeded', 'failed']),
  /** The error's name; null when the work succeeded. */
  error: z.string().nullable(),
  proof: proofKind,
  /** How many leases were intended, whether or not credentials were issued. */
  leases: count,
  /** How many JIT secrets may have been made. */
  secrets: count,
});
