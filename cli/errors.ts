import { StackDraining, TaskIdTaken, UnknownTask } from '../core/shared/errors.ts';
import { MalformedRequest, TaskboundError } from 'taskbound-evidence/errors';
import { TrailUnreadable, UsageError } from 'taskbound-evidence/command/errors';
import { EXIT, type ExitCode } from 'taskbound-evidence/command/exit-codes';

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
