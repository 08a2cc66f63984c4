import type { Definition } from './asl.ts';
import { boundaryIdOf, EXECUTION_ARN } from './expressions.ts';
import { issueStates } from './issue.ts';
import { runWork } from './run-work.ts';
import { boundaryTail } from './tail.ts';
import { windowStates } from './window.ts';

/** ARNs of the control functions' published versions. */
export interface ControlVersions {
  readonly admit: string;
  readonly issueSecret: string;
  readonly issueIdentity: string;
  readonly revokeAndRecord: string;
  readonly proveRevoked: string;
  readonly closeBoundary: string;
}

export interface TaskWorkflow {
  readonly type: string;
  /** Names of the JIT secrets, in the order in which they are issued. */
  readonly secrets: readonly string[];
  readonly functions: ControlVersions;
  /** Whether its tasks have a window to wait for. */
  readonly hasWindow: boolean;
  /** What RunWork calls. Admit and IssueIdentity are told it as well: nothing is issued for a version that was not asked for. */
  readonly workVersionArn: string;
  /** How long a state waits for its function: longer than the function may run. */
  readonly controlTimeoutSeconds: number;
  readonly proofTimeoutSeconds: number;
  readonly workTimeoutSeconds: number;
}

/**
 * One task, from row to closed boundary. Nothing is read from the execution's input, and there is no timeout of the whole machine: that
 * would end it without the tail.
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
      timeoutSeconds: workflow.controlTimeoutSeconds,
      proofTimeoutSeconds: workflow.proofTimeoutSeconds,
    }),
  },
});
