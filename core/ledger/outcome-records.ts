import * as z from 'zod';
import { absent, ms } from './fields.ts';

/** How the work ended. `cause` and `result` are the worker's own text, redacted by its runtime. */
export const workOutcome = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('succeeded'),
    result: z.json(),
    /** The calls that the worker reported. Removed once the evidence contains them. */
    tools: z.json().optional(),
    endedAtMs: ms,
  }),
  z.strictObject({
    status: z.literal('failed'),
    /**
     * The state that failed; `RunWork` when the work itself did. Absent where no state failed: rejected, or
     * ended early.
     */
    state: z.string().optional(),
    error: z.string(),
    cause: z.string(),
    endedAtMs: ms,
  }),
]);
export type WorkOutcome = z.infer<typeof workOutcome>;

const denyPolicy = { policyName: z.string(), roleName: z.string(), deadlineMs: ms };

/** The deny policy of a boundary. Where it is not effective, only the deadline ends the leases. */
export const denyRecord = z.discriminatedUnion('effective', [
  z.looseObject({ ...denyPolicy, effective: z.literal(true), putAtMs: ms, error: absent }),
  z.looseObject({ ...denyPolicy, effective: z.literal(false), error: z.string(), putAtMs: absent }),
]);

export const proofRecord = z.strictObject({
  kind: z.enum(['refused', 'nothing-issued', 'expired']),
  provenAtMs: ms,
});
