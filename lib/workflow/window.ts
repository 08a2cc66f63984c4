import { CONTROL_STATE_TIMEOUT } from '../functions/timeouts.ts';
import type { States } from './asl.ts';
import { boundaryIdOf, EXECUTION_ARN, expression, failedIn, waits } from './expressions.ts';
import { firstIssue } from './issue.ts';
import { BRIEFLY } from './retries.ts';
import { TAIL } from './tail.ts';
import { catchAll, invoke } from './task-state.ts';
import type { TaskWorkflow } from './types.ts';

/**
 * Admit -> the first state that issues something. For a type with a window: Admit -> WindowOpen -> that state, or -> AwaitWindow -> Admit.
 * So everything is checked again after a wait of days, by the state that checks it anyway. No credential exists while a task waits.
 */
export const windowStates = (workflow: TaskWorkflow): States =>
  workflow.hasWindow
    ? {
        Admit: admit(workflow, 'WindowOpen', waits.output),
        WindowOpen: {
          Type: 'Choice',
          Comment: 'Whether the task must wait for its window.',
          Choices: [{ Condition: waits.condition, Next: 'AwaitWindow' }],
          Default: firstIssue(workflow),
        },
        AwaitWindow: {
          Type: 'Wait',
          Comment: "Waits until the task's window opens; no credential exists yet.",
          Timestamp: waits.until,
          Output: {},
          Next: 'Admit',
        },
      }
    : { Admit: admit(workflow, firstIssue(workflow), {}) };

const admit = (workflow: TaskWorkflow, next: string, output: string | Record<string, never>) =>
  invoke({
    comment: 'Checks the row that submit wrote, and everything else, again; issues nothing.',
    versionArn: workflow.functions.admit,
    payload: {
      boundaryId: expression(boundaryIdOf(workflow.type)),
      executionArn: expression(EXECUTION_ARN),
      workVersion: workflow.workVersionArn,
    },
    timeoutSeconds: CONTROL_STATE_TIMEOUT.toSeconds(),
    output,
    retry: BRIEFLY,
    caught: catchAll(TAIL, failedIn('Admit')),
    next,
  });
