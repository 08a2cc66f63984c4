import { visible } from 'taskbound-evidence/display/visible';
import { grantLines } from 'taskbound-evidence/policy/grant-lines';
import { SESSION_POLICY_CHARACTERS } from 'taskbound-evidence/policy/own-statements';
import type { TaskTypeConfig } from '../../core/task-types/task-type.ts';
import { secretLines } from './secret-lines.ts';
import type { Plan } from './make-plan.ts';

const windowText = ({ window }: Plan): string =>
  window === null
    ? ''
    : `\nIt would wait for its window, and could do nothing outside it:\n  from ${window.opensAt} to ${window.closesAt}\n`;

const lines = (each: readonly string[]): string => each.map((line) => `${line}\n`).join('');

/** A plan as text: what a task may do, for how long, and how much of AWS's policy limit it uses. */
export function renderPlan(plan: Plan, secrets: TaskTypeConfig['secrets']): string {
  const made = secretLines(secrets);
  return `A task of ${visible(plan.taskType)} would be granted, for at most ${plan.leaseSeconds} s a lease, as a session of
  ${visible(plan.roleArn)}

Tools, and nothing else:
${lines(grantLines(plan.sessionPolicy))}
Secrets, made for the task and destroyed with it:
${lines(made.length === 0 ? ['  none'] : made)}${windowText(plan)}
Session policy: ${plan.policyCharacters} of ${SESSION_POLICY_CHARACTERS} characters
Grant digest:   ${plan.grantDigest}
                (of this plan; a task's digest differs, because its nonce is generated at submission)
Nothing was issued.
`;
}
