import { TaskboundError } from 'taskbound-evidence/errors';

/** The set cannot be read, or is larger than any set should be. Nothing was run. */
export class SetUnreadable extends TaskboundError {
  override readonly name = 'SetUnreadable';
}

/** The set's bytes do not have the digest that was asked for. Nothing was run. */
export class DigestMismatch extends TaskboundError {
  override readonly name = 'DigestMismatch';
}

/** The bytes are those that were asked for, but they are no set. Nothing was run. */
export class MalformedSet extends TaskboundError {
  override readonly name = 'MalformedSet';
}

/** The database did not take the task's login. Nothing was run. */
export class SessionRefused extends TaskboundError {
  override readonly name = 'SessionRefused';
}

/** A step of the set failed; the message says which, and what had been done by then. */
export class StepFailed extends TaskboundError {
  override readonly name = 'StepFailed';
}
