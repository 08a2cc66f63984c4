import { errorMessage } from '../describe-error.ts';
import { TaskboundError } from '../errors.ts';

/** Wrong arguments, an unreadable file, something that was named and is not there. */
export class UsageError extends TaskboundError {
  override readonly name = 'UsageError';
}

/** A trail that cannot be used: a file is damaged, or none of CloudTrail's. */
export class TrailUnreadable extends TaskboundError {
  override readonly name = 'TrailUnreadable';
}

/** An error's message as part of a sentence: on one line (some libraries lay theirs out over many), without its full stop. */
export const messageOf = (error: unknown): string =>
  errorMessage(error).replace(/\s+/g, ' ').trim().replace(/\.+$/, '');

/** What a person is told. An error of ours speaks for itself; any other gets its name and the way to its stack. */
export function explain(error: unknown): string {
  if (error instanceof TaskboundError) return error.message;
  const name = error instanceof Error && error.name !== 'Error' ? `${error.name}: ` : '';
  return `${name}${messageOf(error)} (set TASKBOUND_DEBUG=1 and run it again for the stack)`;
}
