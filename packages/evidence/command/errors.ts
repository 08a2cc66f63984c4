import { errorMessage } from '../describe-error.ts';
import { TaskboundError } from '../errors.ts';

/** Wrong arguments, an unreadable file, or something that does not exist. */
export class UsageError extends TaskboundError {
  override readonly name = 'UsageError';
}

/** A trail that cannot be used: a file is damaged, or is not a CloudTrail file. */
export class TrailUnreadable extends TaskboundError {
  override readonly name = 'TrailUnreadable';
}

/**
 * An error's message as part of a sentence: on one line (some libraries use several), without its full stop.
 */
export const messageOf = (error: unknown): string =>
  errorMessage(error).replace(/\s+/g, ' ').trim().replace(/\.+$/, '');

/**
 * The text for a user. Taskbound's own errors are printed as they are. Other errors get their name and a hint
 * how to see the stack.
 */
export function explain(error: unknown): string {
  if (error instanceof TaskboundError) return error.message;
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return `${name}${messageOf(error)} (set TASKBOUND_DEBUG=1 and run the command again to see the stack)`;
}
