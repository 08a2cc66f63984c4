import { errorMessage } from '../core/describe-error.ts';
import { MalformedRequest, StackDraining, TaskboundError, TaskIdTaken, UnknownTask } from '../core/errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** Wrong arguments, an unreadable file, something that was named and is not there. */
export class UsageError extends TaskboundError {
  override readonly name = 'UsageError';
}

/** A service answered in a way that the command cannot go on with. */
export class ServiceFailure extends TaskboundError {
  override readonly name = 'ServiceFailure';
}

/** Submit did not answer: whether the task exists is not known, so its boundary is not proven closed. */
export class SubmissionUnknown extends TaskboundError {
  override readonly name = 'SubmissionUnknown';
}

/** A trail that cannot be used: a file is damaged, or none of CloudTrail's. */
export class TrailUnreadable extends TaskboundError {
  override readonly name = 'TrailUnreadable';
}

/** With these nothing was issued and no task exists. */
const NO_TASK = [UsageError, MalformedRequest, TaskIdTaken, StackDraining, UnknownTask, TrailUnreadable];

/** The exit code of a command that ended with an error. */
export function exitCodeOf(error: unknown): ExitCode {
  if (NO_TASK.some((type) => error instanceof type)) return EXIT.usage;
  return error instanceof SubmissionUnknown ? EXIT.unproven : EXIT.failed;
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
