import * as z from 'zod';
import type { DecisionCall } from '../../core/approvals/decision.ts';
import { DecisionRefused } from '../../core/shared/errors.ts';
import { callFunction } from './call-function.ts';
import type { FunctionUrl } from './function-url.ts';

const decided = z.object({
  boundaryId: z.string(),
  decision: z.enum(['approve', 'refuse']),
  person: z.string(),
  phase: z.string(),
  approvals: z.int().nullable(),
  quorum: z.int().nullable(),
});
export type Decided = z.infer<typeof decided>;

/** Submits a person's decision. Throws `DecisionRefused` or `NotPermitted` with the function's own message; the decision does not count then. */
export const callDecide = (at: FunctionUrl, call: DecisionCall): Promise<Decided> =>
  callFunction(at, call, decided, `decision about ${call.task}`).catch(explainRepeated);

/** When the first response was lost, the second call is refused because the decision is already recorded. */
function explainRepeated(error: unknown): never {
  throw error instanceof DecisionRefused && error.message.includes('already, at')
    ? new DecisionRefused(
        `${error.message} If you have just tried, your decision is recorded: see taskbound show.`,
      )
    : error;
}
