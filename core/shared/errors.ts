import { TaskboundError } from 'taskbound-evidence/errors';

/** The id belongs to another request. */
export class TaskIdTaken extends TaskboundError {
  override readonly name = 'TaskIdTaken';
}

/** The caller may not do this to this task type. */
export class NotPermitted extends TaskboundError {
  override readonly name = 'NotPermitted';
}

/** The stack is being drained: it takes no new tasks. Tasks that stand already go on. */
export class StackDraining extends TaskboundError {
  override readonly name = 'StackDraining';
}

/** No task of that name was submitted. */
export class UnknownTask extends TaskboundError {
  override readonly name = 'UnknownTask';
}

/** What somebody decided about a task may not stand: it counts for nothing. */
export class DecisionRefused extends TaskboundError {
  override readonly name = 'DecisionRefused';
}

/** The task has ended, or is about to: nobody can end it any more. */
export class AlreadyEnded extends TaskboundError {
  override readonly name = 'AlreadyEnded';
}

/** What was delivered is no run of a schedule as it is deployed now. No task was made; it ends in the dead letters. */
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

/** The task's window has not opened by this clock. Retried, for as long as clocks may differ; nothing is issued before it opens. */
export class WindowNotOpen extends TaskboundError {
  override readonly name = 'WindowNotOpen';
}

/** The boundary's phase does not allow this step any more. What came too late has been undone. */
export class PhasePassed extends TaskboundError {
  override readonly name = 'PhasePassed';
}

/** Too little is left until the task's last moment for a run of its work: it gets no further lease. */
export class OutOfTime extends TaskboundError {
  override readonly name = 'OutOfTime';
}

/** The task had as many leases as one may have. */
export class OutOfLeases extends TaskboundError {
  override readonly name = 'OutOfLeases';
}

/** STS did not answer: a session may exist that nobody has, and only its deadline ends it. Tried again with another lease. */
export class IdentityUncertain extends TaskboundError {
  override readonly name = 'IdentityUncertain';
}

/** The canary did not answer as it must after AssumeRole; the lease never became usable. */
export class CanaryFailed extends TaskboundError {
  override readonly name = 'CanaryFailed';
}

/** An earlier attempt made half of a secret and cannot tell what; it is not used, and the tail destroys it. */
export class HalfIssued extends TaskboundError {
  override readonly name = 'HalfIssued';
}

/** A JIT secret could not be revoked yet. Retried. */
export class SecretUnrevoked extends TaskboundError {
  override readonly name = 'SecretUnrevoked';
}

/** The database server of a JIT secret, or its admin's secret, gave no answer that helps. Retried. */
export class LoginServerUnavailable extends TaskboundError {
  override readonly name = 'LoginServerUnavailable';
}

/** A database login made for a task must not or cannot be removed yet: what it left behind needs a person. Retried. */
export class LoginLeftBehind extends TaskboundError {
  override readonly name = 'LoginLeftBehind';
}

/** The task's own credential still works, or what answered is no proof. Retried until it is refused. */
export class StillAccepted extends TaskboundError {
  override readonly name = 'StillAccepted';
}

/** A credential may exist that nobody can present: only its deadline ends it. Retried until then. */
export class ExpiryPending extends TaskboundError {
  override readonly name = 'ExpiryPending';
}

/** The boundary is not proven closed, so it may not be closed. */
export class NotProven extends TaskboundError {
  override readonly name = 'NotProven';
}

/** The work function's answer does not keep the work contract. */
export class WorkContractViolation extends TaskboundError {
  override readonly name = 'WorkContractViolation';
}

/** The ledger has something under the task's key that is not a row of any phase. Nothing is decided by it. */
export class UnreadableRow extends TaskboundError {
  override readonly name = 'UnreadableRow';
}

/** Another writer changed the row between read and write, more often than is plausible. Retried. */
export class LedgerContention extends TaskboundError {
  override readonly name = 'LedgerContention';
}

/** The chain has its last event already. */
export class ChainClosed extends TaskboundError {
  override readonly name = 'ChainClosed';
}

/** The evidence is not what the control functions wrote: somebody else wrote to it. It is not signed. */
export class ChainBroken extends TaskboundError {
  override readonly name = 'ChainBroken';
}

/** The key's signature does not verify with its own public key. Retried. */
export class NotSigned extends TaskboundError {
  override readonly name = 'NotSigned';
}

/** The event bus did not take an event, or not in time. It is put again; nothing waits for it. */
export class NotAnnounced extends TaskboundError {
  override readonly name = 'NotAnnounced';
}

/** A declaration that synth refuses. */
export class DeclarationError extends TaskboundError {
  override readonly name = 'DeclarationError';
}
