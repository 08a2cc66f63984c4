import { TaskboundError } from 'taskbound-evidence/errors';

/**
 * The case was not read: it does not exist, this task may not read it, or the assistant did not request it.
 */
export class CaseUnreadable extends TaskboundError {
  override readonly name = 'CaseUnreadable';
}

/** The case was read, but this task wrote no reply to it. */
export class ReplyNotWritten extends TaskboundError {
  override readonly name = 'ReplyNotWritten';
}
