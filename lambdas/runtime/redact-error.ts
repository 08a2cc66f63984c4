import { inspect } from 'node:util';

/** The state's cause is cut at 32,768 characters, and a long message hides what matters: https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskFailed.html */
const MESSAGE_CHARACTERS = 4_096;
const STACK_CHARACTERS = 8_192;
const NAME_CHARACTERS = 128;
const CAUSES = 4;

/** The service's own names: a state treats `States.Runtime` as beyond every Catch, so no work may call itself that. */
const RESERVED_NAME = /^(States|Lambda|Runtime|Sandbox|Function)\./;

const short = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters)}… (${text.length} characters)`;

/** Reads a property of something thrown, which may be anything, getters that throw included. */
function read(thrown: object, name: string): unknown {
  try {
    return Reflect.get(thrown, name);
  } catch {
    return undefined;
  }
}

const textOf = (thrown: unknown): string => {
  try {
    return typeof thrown === 'string' ? thrown : inspect(thrown);
  } catch {
    return 'something that cannot be printed';
  }
};

const isErrorLike = (thrown: unknown): thrown is object =>
  typeof thrown === 'object' && thrown !== null && typeof read(thrown, 'message') === 'string';

/**
 * A new error that says what the thrown one said, without the values: name, message, stack and causes. Nothing else of it is taken
 * over, since an SDK's error carries the whole response.
 */
export function redactedError(thrown: unknown, redact: (text: string) => string, causes = CAUSES): Error {
  const error = new Error(
    short(redact(isErrorLike(thrown) ? String(read(thrown, 'message')) : textOf(thrown)), MESSAGE_CHARACTERS),
  );
  error.name = nameOf(thrown, redact);
  error.stack = stackOf(thrown, redact) ?? `${error.name}: ${error.message}`;
  const cause = isErrorLike(thrown) ? read(thrown, 'cause') : undefined;
  if (cause !== undefined && causes > 0) error.cause = redactedError(cause, redact, causes - 1);
  return error;
}

function nameOf(thrown: unknown, redact: (text: string) => string): string {
  const name = isErrorLike(thrown) ? read(thrown, 'name') : undefined;
  if (typeof name !== 'string' || name === '') return isErrorLike(thrown) ? 'Error' : 'NotAnError';
  const safe = redact(name).slice(0, NAME_CHARACTERS);
  return RESERVED_NAME.test(safe) ? `Work.${safe}` : safe;
}

function stackOf(thrown: unknown, redact: (text: string) => string): string | undefined {
  const stack = isErrorLike(thrown) ? read(thrown, 'stack') : undefined;
  return typeof stack === 'string' ? short(redact(stack), STACK_CHARACTERS) : undefined;
}
