import * as z from 'zod';
import { errorMessage } from 'taskbound-evidence/describe-error';
import { CHECKPOINT_BYTES, RESULT_BYTES } from '../../core/work/work.ts';
import { CheckpointTooLarge, ResultNotJson, ResultTooLarge } from './errors.ts';
import type { Json } from './json.ts';

type What = 'result' | 'checkpoint';

/** What the work returned, as the JSON that leaves: redacted, and no larger than the contract allows. */
export function checkedResult(result: unknown, redactJson: (value: unknown) => unknown): Json {
  const { value, bytes } = leaving('result', result, redactJson);
  if (bytes > RESULT_BYTES) {
    throw new ResultTooLarge(
      `The work's result has ${bytes} bytes of JSON; at most ${RESULT_BYTES} go into ledger, evidence and output. Return names and figures, and write the rest where the task may write.`,
    );
  }
  return value;
}

/** The same of what it hands on to its next run. */
export function checkedCheckpoint(checkpoint: unknown, redactJson: (value: unknown) => unknown): Json {
  const { value, bytes } = leaving('checkpoint', checkpoint, redactJson);
  if (bytes > CHECKPOINT_BYTES) {
    throw new CheckpointTooLarge(
      `The work's checkpoint has ${bytes} bytes of JSON; at most ${CHECKPOINT_BYTES} pass through the execution. Hand on names and figures, and write the rest where the task may write.`,
    );
  }
  return value;
}

function leaving(what: What, from: unknown, redactJson: (value: unknown) => unknown) {
  const redacted = redactJson(plainJson(what, from));
  return { value: z.json().parse(redacted), bytes: Buffer.byteLength(JSON.stringify(redacted)) };
}

const ALLOWED = 'Return strings, numbers, booleans, null, lists and plain objects.';

/** As `JSON.stringify` would send it; nothing returned is null. */
function plainJson(what: What, from: unknown): unknown {
  if (from === undefined) return null;
  let text: string | undefined;
  try {
    text = JSON.stringify(from);
  } catch (error) {
    throw new ResultNotJson(`The work's ${what} is not JSON: ${errorMessage(error)}. ${ALLOWED}`);
  }
  if (text === undefined)
    throw new ResultNotJson(`The work's ${what} is a ${typeof from}, which JSON cannot hold. ${ALLOWED}`);
  return JSON.parse(text);
}
