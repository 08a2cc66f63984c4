import * as z from 'zod';
import type { DecisionCall, EndCall } from '../../core/approvals/decision.ts';
import { DecisionRefused } from '../../core/shared/errors.ts';
import { callUrl, type FunctionUrl } from '../connection/call-url.ts';
import { ServiceFailure } from '../errors.ts';

const decided = z.object({
  boundaryId: z.string(),
  decision: z.enum(['approve', 'refuse']),
  person: z.string(),
  phase: z.string(),
  approvals: z.int().nullable(),
  quorum: z.int().nullable(),
});
export type Decided = z.infer<typeof decided>;

const ended = z.object({ boundaryId: z.string(), person: z.string(), phase: z.string() });
export type Ended = z.infer<typeof ended>;

/** Says what a person decided. Throws `DecisionRefused` or `NotPermitted` in the function's own words; it counts for nothing then. */
export const callDecide = (at: FunctionUrl, call: DecisionCall): Promise<Decided> =>
  callFunction(at, call, decided, `decision about ${call.task}`);

/** Ends a task before its own end. Throws `AlreadyEnded` or `NotPermitted` in the function's own words. */
export const callEnd = (at: FunctionUrl, call: EndCall): Promise<Ended> =>
  callFunction(at, call, ended, `end of ${call.task}`);

async function callFunction<Result>(
  at: FunctionUrl,
  call: unknown,
  schema: z.ZodType<Result>,
  what: string,
): Promise<Result> {
  const called = await callUrl(at, call).catch(forPeople);
  if ('unanswered' in called)
    throw new ServiceFailure(
      `The ${what} was not answered (${called.unanswered}). Whether it stands is not known: look with taskbound show, and try again.`,
    );
  const parsed = schema.safeParse(called.answer.body);
  if (parsed.success) return parsed.data;
  throw new ServiceFailure(
    `The ${what} was answered with something else than what became of it. Check the stack's outputs.`,
  );
}

/** A decision whose first answer was lost is refused the second time, because it stands: say how to tell. */
function forPeople(error: unknown): never {
  throw error instanceof DecisionRefused && error.message.includes('already, at')
    ? new DecisionRefused(`${error.message} If you have just tried, it stands: see taskbound show.`)
    : error;
}
