import { errorMessage } from 'taskbound-evidence/describe-error';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { firstDeeperThan, duplicateKey } from 'taskbound-evidence/canonical-json/json-shape';

/** Far above any valid request, and far below the depth at which a parser overflows the stack. */
const MAX_JSON_DEPTH = 32;
const MAX_JSON_CHARACTERS = 262_144;

function refuseDepth(text: string, what: string): void {
  const at = firstDeeperThan(text, MAX_JSON_DEPTH);
  if (at === undefined) return;
  throw new MalformedRequest(
    `${what} nests deeper than ${MAX_JSON_DEPTH} levels at character ${at}; a request needs 3. Flatten it.`,
  );
}

/**
 * Parses JSON, and refuses what parsers could handle differently: duplicate keys, extreme depth or size.
 * `what` names the text in errors.
 */
export function parseStrictJson(text: string, what: string): unknown {
  if (text.length > MAX_JSON_CHARACTERS) {
    throw new MalformedRequest(
      `${what} has ${text.length} characters; allowed: at most ${MAX_JSON_CHARACTERS}. Shorten it.`,
    );
  }
  refuseDepth(text, what);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new MalformedRequest(
      `${what} is not valid JSON: ${errorMessage(error)}. Correct it and try again.`,
    );
  }
  const fault = duplicateKey(text);
  if (fault !== undefined) throw new MalformedRequest(`${what} is not accepted: ${fault}. Remove it.`);
  return value;
}
