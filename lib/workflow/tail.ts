import { CONTROL_STATE_TIMEOUT, PROOF_STATE_TIMEOUT } from '../functions/timeouts.ts';
import type { States } from './asl.ts';
import { expression, failCause, failError, failErrorAndCause, stoppedIn } from './expressions.ts';
import { PATIENTLY } from './retries.ts';
import { catchAll, invoke } from './task-state.ts';
import type { ControlVersions } from './types.ts';

/** The tail's first state: every end of the states before it, and every Catch, leads here. */
export const TAIL = 'RevokeAndRecord';

export interface TailProps {
  /** Expressions, without their brackets, for the boundary and the execution that owns it. */
  readonly boundaryId: string;
  readonly executionArn: string;
  readonly functions: Pick<ControlVersions, 'revokeAndRecord' | 'proveRevoked' | 'closeBoundary'>;
}

/** RevokeAndRecord -> ProveRevoked -> CloseBoundary -> how it ended. A boundary closes in no other way. */
export function boundaryTail(props: TailProps): States {
  const { functions } = props;
  const timeoutSeconds = CONTROL_STATE_TIMEOUT.toSeconds();
  const owner = { boundaryId: expression(props.boundaryId), executionArn: expression(props.executionArn) };
  return {
    [TAIL]: invoke({
      comment: "Denies the task's session, revokes its secrets and records how the work ended.",
      versionArn: functions.revokeAndRecord,
      payload: {
        ...owner,
        ended: expression('$exists($states.input.ended) ? $states.input.ended : {"status": "unknown"}'),
      },
      timeoutSeconds,
      output: {},
      retry: PATIENTLY,
      caught: [
        { ErrorEquals: ['NotTheOwner'], Output: stoppedIn(TAIL), Next: 'NotTheOwner' },
        ...catchAll('BoundaryUnproven', stoppedIn(TAIL)),
      ],
      next: 'ProveRevoked',
    }),
    ProveRevoked: invoke({
      comment: "Uses the task's own credential until it is refused.",
      versionArn: functions.proveRevoked,
      payload: owner,
      timeoutSeconds: PROOF_STATE_TIMEOUT.toSeconds(),
      output: {},
      retry: PATIENTLY,
      caught: catchAll('BoundaryUnproven', stoppedIn('ProveRevoked')),
      next: 'CloseBoundary',
    }),
    CloseBoundary: invoke({
      comment: "Destroys the session secret and closes the boundary's record.",
      versionArn: functions.closeBoundary,
      payload: owner,
      timeoutSeconds,
      output: expression('$states.result.Payload'),
      retry: PATIENTLY,
      caught: catchAll('BoundaryUnproven', stoppedIn('CloseBoundary')),
      next: 'Outcome',
    }),
    ...ends(),
  };
}

const ends = (): States => ({
  Outcome: {
    Type: 'Choice',
    Comment: 'The boundary is closed; says whether the work succeeded.',
    Choices: [{ Condition: expression('$states.input.outcome = "succeeded"'), Next: 'TaskSucceeded' }],
    Default: 'TaskFailed',
  },
  TaskSucceeded: {
    Type: 'Succeed',
    Comment: 'The work is done and its access is gone.',
    Output: expression('$exists($states.input.result) ? $states.input.result : null'),
  },
  TaskFailed: {
    Type: 'Fail',
    Comment: 'The work failed or was refused; its access is gone.',
    Error: failError,
    Cause: failCause,
  },
  NotTheOwner: {
    Type: 'Fail',
    Comment: "This execution was not started by submit or is not the boundary's own; nothing was touched.",
    Error: 'NotTheOwner',
    Cause: failCause,
  },
  BoundaryUnproven: {
    Type: 'Fail',
    Comment: "The end of access could not be proven; it ends by itself at the lease's deadline.",
    Error: 'BoundaryUnproven',
    Cause: failErrorAndCause,
  },
});
