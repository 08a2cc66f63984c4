import * as z from 'zod';
import type { LedgerRow, WorkOutcome } from '../../core/ledger.ts';
import type { Ended } from '../../core/steps.ts';
import { RESULT_BYTES, workReturn } from '../../core/work.ts';

/** Enough of the worker's words for people; the rest is in its log. */
const CAUSE_CHARACTERS = 1000;

/** How the task's own part ended, from what the state machine saw. */
export function workOutcomeOf(ended: Ended, row: LedgerRow, endedAtMs: number): WorkOutcome {
  if (row.rejection) return { status: 'failed', ...row.rejection, endedAtMs };
  switch (ended.status) {
    case 'returned':
      return returned(ended.payload, endedAtMs);
    case 'failed':
      return {
        status: 'failed',
        error: ended.error,
        cause: causeText(ended.cause ?? `in state ${ended.state}`),
        endedAtMs,
      };
    case 'unknown':
      return {
        status: 'failed',
        error: 'ExecutionEnded',
        cause: 'The execution ended before the work did.',
        endedAtMs,
      };
  }
}

function returned(payload: unknown, endedAtMs: number): WorkOutcome {
  const parsed = workReturn.safeParse(payload);
  if (!parsed.success) {
    const cause = `The work function returned what the contract does not know: ${z.prettifyError(parsed.error)}. It must return { done: true, result, tools? }.`;
    return {
      status: 'failed',
      error: 'WorkContractViolation',
      cause: cause.slice(0, CAUSE_CHARACTERS),
      endedAtMs,
    };
  }
  const { result, tools } = parsed.data;
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes > RESULT_BYTES) {
    const cause = `The work function's result has ${bytes} bytes; at most ${RESULT_BYTES} are kept. Write it to a bucket and return its name.`;
    return { status: 'failed', error: 'ResultTooLarge', cause, endedAtMs };
  }
  return { status: 'succeeded', result, ...(tools && { tools }), endedAtMs };
}

/** Lambda's `{"errorType","errorMessage","trace"}`; the state machine may have cut its end off. */
const ERROR_MESSAGE = /"errorMessage":("(?:[^"\\]|\\.)*")/;

/** People want the message, not the trace. What is not Lambda's form is taken as it is. */
function causeText(cause: string): string {
  const quoted = ERROR_MESSAGE.exec(cause)?.[1];
  const message: unknown = quoted === undefined ? cause : JSON.parse(quoted);
  return String(message).slice(0, CAUSE_CHARACTERS);
}
