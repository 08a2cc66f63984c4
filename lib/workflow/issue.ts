import { CONTROL_STATE_TIMEOUT } from '../functions/timeouts.ts';
import type { States } from './asl.ts';
import {
  boundaryIdOf,
  EXECUTION_ARN,
  expression,
  failedIn,
  handedOn,
  onFirstRunOnly,
} from './expressions.ts';
import { BRIEFLY } from './retries.ts';
import { TAIL } from './tail.ts';
import { catchAll, invoke } from './task-state.ts';
import type { TaskWorkflow } from './types.ts';

const issueState = (secret: string): string => `Issue ${secret}`;

const afterAdmit = ({ secrets }: TaskWorkflow): string[] => [...secrets.map(issueState), 'IssueIdentity'];

/** The first state that issues something. */
export const firstIssue = (workflow: TaskWorkflow): string => afterAdmit(workflow)[0] ?? 'IssueIdentity';

/** One Issue state for each secret -> IssueIdentity -> RunWork. */
export function issueStates(workflow: TaskWorkflow): States {
  const states = afterAdmit(workflow);
  const secrets = workflow.secrets.map((secret, index): [string, States[string]] => [
    issueState(secret),
    issueSecret(workflow, secret, states[index + 1] ?? 'IssueIdentity'),
  ]);
  return { ...Object.fromEntries(secrets), IssueIdentity: issueIdentity(workflow) };
}

/** The owner of a boundary, in a state that issues: a redriven execution issues nothing. */
const issuingOwner = (workflow: TaskWorkflow) => ({
  boundaryId: expression(onFirstRunOnly(boundaryIdOf(workflow.type))),
  executionArn: expression(onFirstRunOnly(EXECUTION_ARN)),
});

const issueSecret = (workflow: TaskWorkflow, secret: string, next: string) =>
  invoke({
    comment: `Makes the secret ${secret} for this task alone.`,
    versionArn: workflow.functions.issueSecret,
    payload: { ...issuingOwner(workflow), secret: expression(onFirstRunOnly(JSON.stringify(secret))) },
    timeoutSeconds: CONTROL_STATE_TIMEOUT.toSeconds(),
    output: {},
    retry: BRIEFLY,
    caught: catchAll(TAIL, failedIn(issueState(secret))),
    next,
  });

const issueIdentity = (workflow: TaskWorkflow) =>
  invoke({
    comment:
      "Checks everything again and issues the task's session, immediately before each run of the work.",
    versionArn: workflow.functions.issueIdentity,
    payload: {
      ...issuingOwner(workflow),
      workVersion: workflow.workVersionArn,
      after: expression(onFirstRunOnly(handedOn('after'))),
      checkpoint: expression(onFirstRunOnly(handedOn('checkpoint'))),
      tools: expression(onFirstRunOnly(handedOn('tools'))),
    },
    timeoutSeconds: CONTROL_STATE_TIMEOUT.toSeconds(),
    output: expression('$states.result.Payload'),
    retry: BRIEFLY,
    caught: catchAll(TAIL, failedIn('IssueIdentity')),
    next: 'RunWork',
  });
