import { MalformedRequest } from 'taskbound-evidence/errors';
import { REASON_CHARACTERS } from '../core/requests/reason.ts';

/** Throws `MalformedRequest` when a given `--reason` is empty or too long. */
export function assertReasonLength(reason: string): void {
  if (reason.length < 1 || reason.length > REASON_CHARACTERS)
    throw new MalformedRequest(
      `--reason has ${reason.length} characters; allowed: 1 to ${REASON_CHARACTERS}. Shorten it.`,
    );
}
