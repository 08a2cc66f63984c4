import * as z from 'zod';
import { RESULT_BYTES } from '../../core/work.ts';
import { ResultNotJson, ResultTooLarge } from './errors.ts';
import type { Json } from './task.ts';

/** What the work returned, as the JSON that leaves: redacted, and no larger than the contract allows. */
export function checkedResult(result: unknown, redactJson: (value: unknown) => unknown): Json {
  const redacted = redactJson(plainJson(result));
  const bytes = Buffer.byteLength(JSON.stringify(redacted));
  if (bytes > RESULT_BYTES) {
    throw new ResultTooLarge(
      `The work's result has ${bytes} bytes of JSON; at most ${RESULT_BYTES} go into ledger, evidence and output. Return names and figures, and write the rest where the task may write.`,
    );
  }
  return z.json().parse(redacted);
}

/** As `JSON.stringify` would send it; nothing returned is null. */
function plainJson(result: unknown): unknown {
  if (result === undefined) return null;
  let text: string | undefined;
  try {
    text = JSON.stringify(result);
  } catch (error) {
    throw new ResultNotJson(
      `The work's result is not JSON: ${error instanceof Error ? error.message : String(error)}. Return strings, numbers, booleans, null, lists and plain objects.`,
    );
  }
  if (text === undefined) {
    throw new ResultNotJson(
      `The work returned a ${typeof result}, which JSON cannot hold. Return strings, numbers, booleans, null, lists and plain objects.`,
    );
  }
  return JSON.parse(text);
}
