import { StackDraining, TaskIdTaken, UnknownTask } from '../core/shared/errors.ts';
import { MalformedRequest, TaskboundError } from 'taskbound-evidence/errors';
import { TrailUnreadable, UsageError } from 'taskbound-evidence/command/errors';
import { EVIDENCE_COMMANDS } from 'taskbound-evidence/command/declare';
import { EXIT, type ExitCode } from 'taskbound-evidence/command/exit-codes';

/** A service responded in a way that prevents the command from continuing. */
export class ServiceFailure extends TaskboundError {
  override readonly name = 'ServiceFailure';
}

/** Submit did not respond: it is not known whether the task exists, so its boundary is not proven closed. */
export class SubmissionUnknown extends TaskboundError {
  override readonly name = 'SubmissionUnknown';
}

/** The caller's AWS credentials are missing, expired or invalid, so AWS accepted no call. */
export class CredentialError extends TaskboundError {
  override readonly name = 'CredentialError';
}

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
