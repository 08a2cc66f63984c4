import * as z from 'zod';
import type { EndCall } from '../../core/approvals/decision.ts';
import { callFunction } from './call-function.ts';
import type { FunctionUrl } from './function-url.ts';

const ended = z.object({ boundaryId: z.string(), person: z.string(), phase: z.string() });
export type Ended = z.infer<typeof ended>;

/** Ends a task early. Throws `AlreadyEnded` or `NotPermitted` with the function's own message. */
export const callEnd = (at: FunctionUrl, call: EndCall): Promise<Ended> =>
  callFunction(at, call, ended, `end of ${call.task}`);
