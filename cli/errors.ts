import { StackDraining, TaskIdTaken, UnknownTask } from '../core/shared/errors.ts';
import { MalformedRequest } from 'taskbound-evidence/errors';
import { CredentialError, SubmissionUnknown } from '../client/errors.ts';
import { TrailUnreadable, UsageError } from 'taskbound-evidence/command/errors';
import { EVIDENCE_COMMANDS } from 'taskbound-evidence/command/declare';
import { EXIT, type ExitCode } from 'taskbound-evidence/command/exit-codes';

/** After these errors, nothing was issued and no task exists. */
const NO_TASK = [
  UsageError,
  CredentialError,
  MalformedRequest,
  TaskIdTaken,
  StackDraining,
  UnknownTask,
  TrailUnreadable,
];

/**
 * The exit code of a command that ended with an error. For a command about evidence, 1 is a verdict, and an error is none.
 */
export function exitCodeOf(error: unknown, command = ''): ExitCode {
  if (NO_TASK.some((type) => error instanceof type) || EVIDENCE_COMMANDS.includes(command)) return EXIT.usage;
  return error instanceof SubmissionUnknown ? EXIT.unproven : EXIT.failed;
}
