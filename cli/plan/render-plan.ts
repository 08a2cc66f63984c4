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

/** `24 h`, `90 min`, `45 s` */
const duration = (seconds: number): string => {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
};

const approvalText = ({ approval }: Pick<TaskTypeConfig, 'approval'>): string =>
  approval === null
    ? ''
    : `\nIt would wait for ${approval.quorum} approval${approval.quorum === 1 ? '' : 's'}, for at most ${duration(approval.expiresAfterSeconds)}, and be rejected without ${approval.quorum === 1 ? 'it' : 'them'}.\n`;

const lines = (each: readonly string[]): string => each.map((line) => `${line}\n`).join('');

/** A plan as text: what a task may do, for how long, and how much of AWS's policy limit it uses. */
export function renderPlan(plan: Plan, config: Pick<TaskTypeConfig, 'secrets' | 'approval'>): string {
  const made = secretLines(config.secrets);
  return `A task of ${visible(plan.taskType)} would be granted, for at most ${plan.leaseSeconds} s a lease, as a session of
  ${visible(plan.roleArn)}

Tools, and nothing else:
${lines(grantLines(plan.sessionPolicy))}
Secrets, made for the task and destroyed with it:
${lines(made.length === 0 ? ['  none'] : made)}${approvalText(config)}${windowText(plan)}
Session policy: ${plan.policyCharacters} of ${SESSION_POLICY_CHARACTERS} characters
Grant digest:   ${plan.grantDigest}
                (of this plan; a task's digest differs, because its nonce is generated at submission)
Nothing was issued.
`;
}
