import { inspect } from 'node:util';

/**
 * Step Functions cuts the cause at 32,768 characters, and a long message hides what matters:
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_TaskFailed.html
 */
const MESSAGE_CHARACTERS = 4_096;
const STACK_CHARACTERS = 8_192;
const NAME_CHARACTERS = 128;
const CAUSES = 4;

/**
 * Names that the services use. No Catch handles `States.Runtime`, for example, so an error of the work must
 * not have this name.
 */
const RESERVED_NAME = /^(States|Lambda|Runtime|Sandbox|Function)\./;

const short = (text: string, characters: number): string =>
  text.length <= characters ? text : `${text.slice(0, characters)}… (${text.length} characters)`;

/** Reads a property of a thrown value, which may be anything, even an object with a getter that throws. */
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
    return 'a value that cannot be printed';
  }
};

const isErrorLike = (thrown: unknown): thrown is object =>
  typeof thrown === 'object' && thrown !== null && typeof read(thrown, 'message') === 'string';

/**
 * A new error with the redacted name, message, stack and causes of the thrown one. Nothing else is copied,
 * because an error of the SDK contains the whole response.
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
