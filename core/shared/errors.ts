import { TaskboundError } from 'taskbound-evidence/errors';

/** The id belongs to another request. */
export class TaskIdTaken extends TaskboundError {
  override readonly name = 'TaskIdTaken';
}

/** The caller may not do this to this task type. */
export class NotPermitted extends TaskboundError {
  override readonly name = 'NotPermitted';
}

/** The stack is being drained: it accepts no new tasks. Existing tasks continue. */
export class StackDraining extends TaskboundError {
  override readonly name = 'StackDraining';
}

/** No task with this id was submitted. */
export class UnknownTask extends TaskboundError {
  override readonly name = 'UnknownTask';
}

/** The decision about a task is refused: it does not count. */
export class DecisionRefused extends TaskboundError {
  override readonly name = 'DecisionRefused';
}

/** The task has ended or is ending, so it cannot be ended again. */
export class AlreadyEnded extends TaskboundError {
  override readonly name = 'AlreadyEnded';
}

/**
 * The delivered event is not a run of a schedule as it is deployed now. No task was created; the event goes
 * to the dead-letter queue.
 */
export class NotScheduled extends TaskboundError {
  override readonly name = 'NotScheduled';
}

/** No ledger row, or the row belongs to another execution. Nothing was changed. */
export class NotTheOwner extends TaskboundError {
  override readonly name = 'NotTheOwner';
}

/** A rule refused the task (digest, approval, window): it is recorded and closes without credentials. */
export class TaskRejected extends TaskboundError {
  override readonly name = 'TaskRejected';
}

/**
 * The task's window is not open yet by this clock. Retried for as long as clocks may differ. Nothing is
 * issued before it opens.
 */
export class WindowNotOpen extends TaskboundError {
  override readonly name = 'WindowNotOpen';
}

/** The boundary's phase no longer allows this step. The effects of the late step have been undone. */
export class PhasePassed extends TaskboundError {
  override readonly name = 'PhasePassed';
}

/** The remaining time of the task is too short for another run of its work: it gets no further lease. */
export class OutOfTime extends TaskboundError {
  override readonly name = 'OutOfTime';
}

/** The task has used the maximum number of leases. */
export class OutOfLeases extends TaskboundError {
  override readonly name = 'OutOfLeases';
}

/**
 * STS did not answer: a session may exist whose credentials no one has. Only its deadline ends it. Retried
 * with another lease.
 */
export class IdentityUncertain extends TaskboundError {
  override readonly name = 'IdentityUncertain';
}

/** The canary call after AssumeRole did not return the expected answer. The lease never became usable. */
export class CanaryFailed extends TaskboundError {
  override readonly name = 'CanaryFailed';
}

/**
 * An earlier attempt created a secret only partly, and its state is unknown. It is not used, and the tail
 * destroys it.
 */
export class HalfIssued extends TaskboundError {
  override readonly name = 'HalfIssued';
}

/** A JIT secret could not be revoked yet. Retried. */
export class SecretUnrevoked extends TaskboundError {
  override readonly name = 'SecretUnrevoked';
}

/** A login as it is declared could not be ended on its server, so it was not made. */
export class LoginNotEndable extends TaskboundError {
  override readonly name = 'LoginNotEndable';
}

/** The database server of a JIT secret, or its admin secret, did not answer or returned an error. Retried. */
export class LoginServerUnavailable extends TaskboundError {
  override readonly name = 'LoginServerUnavailable';
}

/**
 * The database login of a task must not or cannot be removed yet: a person must handle the objects that it
 * left. Retried.
 */
export class LoginLeftBehind extends TaskboundError {
  override readonly name = 'LoginLeftBehind';
}

/** The task's own credential still works, or the answer is not a proof. Retried until it is refused. */
export class StillAccepted extends TaskboundError {
  override readonly name = 'StillAccepted';
}

/** A credential may exist that no one can use. Only its deadline ends it. Retried until then. */
export class ExpiryPending extends TaskboundError {
  override readonly name = 'ExpiryPending';
}

/** The end of all access is not proven, so the boundary may not be closed. */
export class NotProven extends TaskboundError {
  override readonly name = 'NotProven';
}

/** The work function returned a value that does not match the work contract. */
export class WorkContractViolation extends TaskboundError {
  override readonly name = 'WorkContractViolation';
}

/** The ledger item under the key of a task is not a valid row of any phase. No decision is made from it. */
export class UnreadableRow extends TaskboundError {
  override readonly name = 'UnreadableRow';
}

/** Other writers changed the row between read and write more often than expected. Retried. */
export class LedgerContention extends TaskboundError {
  override readonly name = 'LedgerContention';
}

/** The chain already has its last event. */
export class ChainClosed extends TaskboundError {
  override readonly name = 'ChainClosed';
}

/**
 * The evidence differs from what the control functions wrote, so someone else wrote to it. It is not signed.
 */
export class ChainBroken extends TaskboundError {
  override readonly name = 'ChainBroken';
}

/** The key's signature is not valid for its own public key. Retried. */
export class NotSigned extends TaskboundError {
  override readonly name = 'NotSigned';
}

/**
 * The event bus did not accept an event, or not in time. The event is sent again later; nothing waits for it.
 */
export class NotAnnounced extends TaskboundError {
  override readonly name = 'NotAnnounced';
}

/** A declaration that synth refuses. */
export class DeclarationError extends TaskboundError {
  override readonly name = 'DeclarationError';
}
