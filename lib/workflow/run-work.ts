import { omitUndefined } from 'taskbound-evidence/omit-undefined';
import type { States } from './asl.ts';
import {
  boundaryIdOf,
  expression,
  failedIn,
  isMoreToDo,
  isolatedWorkEnded,
  onFirstRunOnly,
  workEnded,
} from './expressions.ts';
import { TAIL } from './tail.ts';
import { catchAll, invoke } from './task-state.ts';
import type { TaskWorkflow } from './types.ts';

/**
 * RunWork -> the tail, however it ends, or back to IssueIdentity when the work returned a checkpoint. No Retry: after a service error the
 * function may have run. IssueIdentity limits the number of runs, by the task's deadline and the number of its leases.
 */
export const runWork = (workflow: TaskWorkflow): States => ({
  RunWork: invoke({
    comment: "Runs the work function once a lease, with nothing but the task's own session.",
    versionArn: workflow.workVersionArn,
    payload: expression(onFirstRunOnly('$states.input')),
    ...omitUndefined({ tenantId: tenantOf(workflow) }),
    timeoutSeconds: workflow.workTimeoutSeconds,
    output: workflow.isIsolated ? isolatedWorkEnded : workEnded,
    caught: catchAll(TAIL, failedIn('RunWork')),
    next: 'MoreToDo',
  }),
  MoreToDo: {
    Type: 'Choice',
    Comment: 'Leads work that handed on a checkpoint to a fresh lease, and all else to the end.',
    Choices: [{ Condition: isMoreToDo, Next: 'IssueIdentity' }],
    Default: TAIL,
  },
});

/** The boundary is the tenant: every run of a task has the environments of this task, and no other task has them. */
const tenantOf = ({ isIsolated, type }: TaskWorkflow): string | undefined =>
  isIsolated ? expression(onFirstRunOnly(boundaryIdOf(type))) : undefined;
