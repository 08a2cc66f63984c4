import { TaskboundError } from 'taskbound-evidence/errors';

/** The set cannot be read, or is larger than any set should be. Nothing was run. */
export class SetUnreadable extends TaskboundError {
  override readonly name = 'SetUnreadable';
}

/** The set's bytes do not have the requested digest. Nothing was run. */
export class DigestMismatch extends TaskboundError {
  override readonly name = 'DigestMismatch';
}

/** The bytes have the requested digest, but are not a valid set. Nothing was run. */
export class MalformedSet extends TaskboundError {
  override readonly name = 'MalformedSet';
}

/** The database did not accept the task's login. Nothing was run. */
export class SessionRefused extends TaskboundError {
  override readonly name = 'SessionRefused';
}

/** A step of the set failed. The message names the step and the steps that were done before it. */
export class StepFailed extends TaskboundError {
  override readonly name = 'StepFailed';
}
