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
import type { TaskWorkflow } from './task-definition.ts';
import { catchAll, invoke } from './task-state.ts';

const issueState = (secret: string): string => `Issue ${secret}`;

/** Admit -> one Issue state a secret -> IssueIdentity -> RunWork. */
export function issueStates(workflow: TaskWorkflow): States {
  const afterAdmit = [...workflow.secrets.map(issueState), 'IssueIdentity'];
  const secrets = workflow.secrets.map((secret, index): [string, States[string]] => [
    issueState(secret),
    issueSecret(workflow, secret, afterAdmit[index + 1] ?? 'IssueIdentity'),
  ]);
  return {
    Admit: admit(workflow, afterAdmit[0] ?? 'IssueIdentity'),
    ...Object.fromEntries(secrets),
    IssueIdentity: issueIdentity(workflow),
  };
}

const admit = (workflow: TaskWorkflow, next: string) =>
  invoke({
    comment: 'Checks the row that submit wrote, and everything else, again; issues nothing.',
    versionArn: workflow.functions.admit,
    payload: { boundaryId: expression(boundaryIdOf(workflow.type)), executionArn: expression(EXECUTION_ARN) },
    timeoutSeconds: workflow.controlTimeoutSeconds,
    output: {},
    retry: BRIEFLY,
    caught: catchAll(TAIL, failedIn('Admit')),
    next,
  });

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
    timeoutSeconds: workflow.controlTimeoutSeconds,
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
      after: expression(onFirstRunOnly(handedOn('after'))),
      checkpoint: expression(onFirstRunOnly(handedOn('checkpoint'))),
      tools: expression(onFirstRunOnly(handedOn('tools'))),
    },
    timeoutSeconds: workflow.controlTimeoutSeconds,
    output: expression('$states.result.Payload'),
    retry: BRIEFLY,
    caught: catchAll(TAIL, failedIn('IssueIdentity')),
    next: 'RunWork',
  });
