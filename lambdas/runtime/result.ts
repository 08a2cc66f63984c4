import * as z from 'zod';
import { errorMessage } from 'taskbound-evidence/describe-error';
import { CHECKPOINT_BYTES, RESULT_BYTES } from '../../core/work/work.ts';
import { CheckpointTooLarge, ResultNotJson, ResultTooLarge } from './errors.ts';
import type { Json } from './json.ts';

type OutputKind = 'result' | 'checkpoint';

/** The work's result as JSON: redacted, and checked against the limit of the contract. */
export function checkedResult(result: unknown, redactJson: (value: unknown) => unknown): Json {
  const { value, bytes } = outputJson('result', result, redactJson);
  if (bytes > RESULT_BYTES) {
    throw new ResultTooLarge(
      `The work's result has ${bytes} bytes of JSON; allowed: at most ${RESULT_BYTES}. Return names and figures, and write the rest where the task may write.`,
    );
  }
  return value;
}

/** Like `checkedResult`, for the checkpoint for the next run. */
export function checkedCheckpoint(checkpoint: unknown, redactJson: (value: unknown) => unknown): Json {
  const { value, bytes } = outputJson('checkpoint', checkpoint, redactJson);
  if (bytes > CHECKPOINT_BYTES) {
    throw new CheckpointTooLarge(
      `The work's checkpoint has ${bytes} bytes of JSON; allowed: at most ${CHECKPOINT_BYTES}. Pass on names and figures, and write the rest where the task may write.`,
    );
  }
  return value;
}

function outputJson(kind: OutputKind, from: unknown, redactJson: (value: unknown) => unknown) {
  const redacted = redactJson(plainJson(kind, from));
  return { value: z.json().parse(redacted), bytes: Buffer.byteLength(JSON.stringify(redacted)) };
}

const ALLOWED = 'Return strings, numbers, booleans, null, lists and plain objects.';

/** The value as `JSON.stringify` writes it. No return value is null. */
function plainJson(kind: OutputKind, from: unknown): unknown {
  if (from === undefined) return null;
  let text: string | undefined;
  try {
    text = JSON.stringify(from);
  } catch (error) {
    throw new ResultNotJson(`The work's ${kind} is not JSON: ${errorMessage(error)}. ${ALLOWED}`);
  }
  if (text === undefined)
    throw new ResultNotJson(
      `The work's ${kind} is a ${typeof from}, which JSON cannot represent. ${ALLOWED}`,
    );
  return JSON.parse(text);
}
