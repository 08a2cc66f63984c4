import { TaskboundError } from 'taskbound-evidence/errors';

/** The case was not read: there is none, this task may not, or its assistant did not ask for it. */
export class CaseUnreadable extends TaskboundError {
  override readonly name = 'CaseUnreadable';
}

/** The case was read, and no reply to it was written by this task. */
export class ReplyNotWritten extends TaskboundError {
  override readonly name = 'ReplyNotWritten';
}
