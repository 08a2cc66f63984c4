import { SESSION_POLICY_CHARACTERS } from 'taskbound-evidence/policy/own-statements';
import { visible } from 'taskbound-evidence/command/print';
import type { Plan } from './make-plan.ts';

const SECRET_TEXTS: Readonly<Record<string, string>> = {
  generated: 'a random value',
  signingKey: 'an Ed25519 signing key; its public key goes into the evidence',
};

const toolLines = ({ name, actions, resources }: Plan['tools'][number]): string =>
  [
    `  ${name}: ${actions.join(', ')}\n`,
    ...resources.map((resource) => `    on ${visible(resource)}\n`),
  ].join('');

const secretLine = ({ name, kind }: Plan['secrets'][number]): string =>
  `  ${name}: ${SECRET_TEXTS[kind] ?? kind}\n`;

const windowText = ({ window }: Plan): string =>
  window === null
    ? ''
    : `\nIt would wait for its window, and could do nothing outside it:\n  from ${window.opensAt} to ${window.closesAt}\n`;

/** A plan as text: what a task may do, for how long, and how much of AWS's policy limit it uses. */
export function renderPlan(plan: Plan): string {
  const secrets = plan.secrets.length === 0 ? '  none\n' : plan.secrets.map(secretLine).join('');
  return `A task of ${plan.taskType} would be granted, for at most ${plan.leaseSeconds} s a lease, as a session of
  ${plan.roleArn}

Tools, and nothing else ($ before { and } marks a literal character):
${plan.tools.map(toolLines).join('')}
Secrets, made for the task and destroyed with it:
${secrets}${windowText(plan)}
Session policy: ${plan.policyCharacters} of ${SESSION_POLICY_CHARACTERS} characters
Grant digest:   ${plan.grantDigest}
                (of this plan; a task's digest differs, because its nonce is generated at submission)
Nothing was issued.
`;
}
