import * as z from 'zod';
import { ENDED_BEFORE_WORK, EXECUTION_ENDED } from 'taskbound-evidence/names/execution-ended';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { WorkOutcome } from '../../core/ledger/outcome-records.ts';
import type { Ended } from '../../core/work/step-events.ts';
import { RESULT_BYTES, workReturn } from '../../core/work/work.ts';
import { storageFault } from '../control/evidence/storable.ts';

/** Enough of the worker's message for people; the rest is in its log. */
const CAUSE_CHARACTERS = 1000;

/** How the work ended, as the state machine observed it. */
export function workOutcomeOf(ended: Ended, row: LedgerRow, endedAtMs: number): WorkOutcome {
  if (row.rejection) {
    const { error, cause } = row.rejection;
    return { status: 'failed', error, cause, endedAtMs };
  }
  switch (ended.status) {
    case 'returned':
      return returned(ended.payload, endedAtMs);
    case 'failed':
      return {
        status: 'failed',
        state: ended.state,
        error: ended.error.toWellFormed(),
        cause: causeText(ended.cause || `The state ${ended.state} gave no more than this name.`),
        endedAtMs,
      };
    case 'unknown':
      return { status: 'failed', ...ENDED_BEFORE_WORK, endedAtMs };
  }
}

const failedWork = { status: 'failed', state: 'RunWork' } as const;

function returned(payload: unknown, endedAtMs: number): WorkOutcome {
  const fault = storageFault(payload);
  if (fault !== undefined) {
    const cause = `The work function's answer has ${fault}, which ledger and evidence cannot store as it is. Return it as text of whole characters.`;
    return { ...failedWork, error: 'WorkContractViolation', cause, endedAtMs };
  }
  const parsed = workReturn.safeParse(payload);
  if (!parsed.success) {
    const cause = `The work function returned a value that does not match the work contract: ${z.prettifyError(parsed.error)}. It must return { done: true, result, tools? } or { done: false, checkpoint, tools? }.`;
    return {
      ...failedWork,
      error: 'WorkContractViolation',
      cause: cause.slice(0, CAUSE_CHARACTERS).toWellFormed(),
      endedAtMs,
    };
  }
  if (!parsed.data.done) {
    const cause =
      'The work function returned a checkpoint, and the execution ended before another run had a lease.';
    return { ...failedWork, error: EXECUTION_ENDED, cause, endedAtMs };
  }
  const { result, tools } = parsed.data;
  const bytes = Buffer.byteLength(JSON.stringify(result));
  if (bytes > RESULT_BYTES) {
    const cause = `The work function's result has ${bytes} bytes; at most ${RESULT_BYTES} are kept. Write it to a bucket and return its name.`;
    return { ...failedWork, error: 'ResultTooLarge', cause, endedAtMs };
  }
  return { status: 'succeeded', result, ...(tools && { tools }), endedAtMs };
}

/** Lambda's `{"errorType","errorMessage","trace"}`; the state machine may have cut its end off. */
const ERROR_MESSAGE = /"errorMessage":("(?:[^"\\]|\\.)*")/;

/**
 * People need the message, not the trace. A cause in another form is kept as it is. Never throws: the
 * teardown depends on it.
 */
function causeText(cause: string): string {
  const quoted = ERROR_MESSAGE.exec(cause)?.[1];
  const message = quoted === undefined ? cause : (unquoted(quoted) ?? cause);
  return message.slice(0, CAUSE_CHARACTERS).toWellFormed();
}

/** Undefined when it is not a JSON string after all: any runtime may have written it. */
function unquoted(text: string): string | undefined {
  try {
    return String(JSON.parse(text));
  } catch {
    return undefined;
  }
}
