import type { Definition } from './asl.ts';
import { boundaryIdOf, EXECUTION_ARN } from './expressions.ts';
import { issueStates } from './issue.ts';
import { runWork } from './run-work.ts';
import { boundaryTail } from './tail.ts';
import type { TaskWorkflow } from './types.ts';
import { windowStates } from './window.ts';

/**
 * One task, from its row to its closed boundary. Nothing is read from the execution's input. The machine itself has no timeout: it would
 * end an execution without the tail.
 */
export const taskDefinition = (workflow: TaskWorkflow): Definition => ({
  Comment: `One execution is one ${workflow.type} task: its access begins and ends here.`,
  QueryLanguage: 'JSONata',
  StartAt: 'Admit',
  States: {
    ...windowStates(workflow),
    ...issueStates(workflow),
    ...runWork(workflow),
    ...boundaryTail({
      boundaryId: boundaryIdOf(workflow.type),
      executionArn: EXECUTION_ARN,
      functions: workflow.functions,
    }),
  },
});
