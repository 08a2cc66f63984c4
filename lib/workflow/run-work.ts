import type { States } from './asl.ts';
import { expression, failedIn, onFirstRunOnly, workEnded } from './expressions.ts';
import { TAIL } from './tail.ts';
import type { TaskWorkflow } from './task-definition.ts';
import { catchAll, invoke } from './task-state.ts';

/** RunWork -> the tail, however it ends. No Retry: after a service error the function may have run. */
export const runWork = (workflow: TaskWorkflow): States => ({
  RunWork: invoke({
    comment: "Runs the work function once, with nothing but the task's own session.",
    versionArn: workflow.workVersionArn,
    payload: expression(onFirstRunOnly('$states.input')),
    timeoutSeconds: workflow.workTimeoutSeconds,
    output: workEnded,
    caught: catchAll(TAIL, failedIn('RunWork')),
    next: TAIL,
  }),
});
