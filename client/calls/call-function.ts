import type * as z from 'zod';
import { ServiceFailure } from '../errors.ts';
import { callUrl } from './call-url.ts';
import type { FunctionUrl } from './function-url.ts';

/**
 * Calls a control function and parses its response. `what` names the call in errors. Throws the function's own refusal, or
 * `ServiceFailure` when there is no response or an unexpected one.
 */
export async function callFunction<Result>(
  at: FunctionUrl,
  call: unknown,
  schema: z.ZodType<Result>,
  what: string,
): Promise<Result> {
  const called = await callUrl(at, call);
  if ('unanswered' in called)
    throw new ServiceFailure(
      `The ${what} got no response (${called.unanswered}). It may have been recorded: check with taskbound show, and try again.`,
    );
  const parsed = schema.safeParse(called.answer.body);
  if (parsed.success) return parsed.data;
  throw new ServiceFailure(`The ${what} got an unexpected response. Check the stack.`);
}
