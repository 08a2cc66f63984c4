import { TaskboundError } from 'taskbound-evidence/errors';

/** The event does not match the work contract. Nothing was fetched, and the work was not called. */
export class MalformedWorkEvent extends TaskboundError {
  override readonly name = 'MalformedWorkEvent';
}

/** The lease's deadline passed before the work started. */
export class LeaseOver extends TaskboundError {
  override readonly name = 'LeaseOver';
}

/** The session secret cannot be read, or does not contain session credentials. The work was not called. */
export class SessionUnreadable extends TaskboundError {
  override readonly name = 'SessionUnreadable';
}

/** `task.secret` was called with a name that the task type does not declare. */
export class SecretNotDeclared extends TaskboundError {
  override readonly name = 'SecretNotDeclared';
}

/** The secret exists but contains no text. */
export class SecretEmpty extends TaskboundError {
  override readonly name = 'SecretEmpty';
}

/** The reason of `task.signal`: the function's timeout or the lease's deadline is near. */
export class DeadlineNear extends TaskboundError {
  override readonly name = 'DeadlineNear';
}

/** A client of an invocation that has ended was used. */
export class InvocationEnded extends TaskboundError {
  override readonly name = 'InvocationEnded';
}

/** The work returned a result or checkpoint that JSON cannot represent. */
export class ResultNotJson extends TaskboundError {
  override readonly name = 'ResultNotJson';
}

/** The checkpoint is larger than the contract allows. */
export class CheckpointTooLarge extends TaskboundError {
  override readonly name = 'CheckpointTooLarge';
}

/** The work's result is larger than the contract allows. */
export class ResultTooLarge extends TaskboundError {
  override readonly name = 'ResultTooLarge';
}
