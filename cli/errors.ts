import { StackDraining, TaskIdTaken, UnknownTask } from '../core/errors.ts';
import { MalformedRequest, TaskboundError } from '../core/taskbound-error.ts';
import { TrailUnreadable, UsageError } from './command-errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';

/** A service answered in a way that the command cannot go on with. */
export class ServiceFailure extends TaskboundError {
  override readonly name = 'ServiceFailure';
}

/** Submit did not answer: whether the task exists is not known, so its boundary is not proven closed. */
export class SubmissionUnknown extends TaskboundError {
  override readonly name = 'SubmissionUnknown';
}

/** With these nothing was issued and no task exists. */
const NO_TASK = [UsageError, MalformedRequest, TaskIdTaken, StackDraining, UnknownTask, TrailUnreadable];

/** The exit code of a command that ended with an error. */
export function exitCodeOf(error: unknown): ExitCode {
  if (NO_TASK.some((type) => error instanceof type)) return EXIT.usage;
  return error instanceof SubmissionUnknown ? EXIT.unproven : EXIT.failed;
}
