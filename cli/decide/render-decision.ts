import type { ReviewRow } from '../../core/approvals/review.ts';
import { rightsText } from '../../core/logins/login.ts';
import type { SecretSpec } from '../../core/task-types/task-type.ts';
import type { Decided } from './call-decide.ts';
import type { DecisionSubject } from './decision-subject.ts';
import { oneLine, visible } from 'taskbound-evidence/command/print';

const inline = (value: unknown): string =>
  visible(oneLine(typeof value === 'string' ? value : JSON.stringify(value)));

/** `3900` -> `1 h 5 min`. */
function duration(seconds: number): string {
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor((seconds % 3600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ');
}

function secretText(spec: SecretSpec): string {
  switch (spec.kind) {
    case 'generated':
      return `a random value of ${spec.characters} characters`;
    case 'signingKey':
      return 'a key to sign with';
    case 'postgres':
      return `a login on the PostgreSQL database ${spec.database}, with ${rightsText(spec)}; what it leaves behind goes to ${spec.owner}`;
  }
}

/** Everything that is approved: who requests it, why, which tools on which resources, when, how long, which secrets. */
export function renderSubject(subject: DecisionSubject): string {
  const { window } = subject;
  const lines = [
    `${subject.boundaryId} waits for approval`,
    '',
    `  requested by  ${inline(subject.requestedBy)}, at ${subject.requestedAt}`,
    `  because       ${inline(subject.reason)}`,
    ...Object.entries(subject.parameters).map(
      ([name, value]) => `  with          ${name} = ${inline(value)}`,
    ),
    `  when          ${window ? `from ${window.opensAt} until ${window.closesAt}, and not outside` : 'immediately'}`,
    `  how long      ${duration(subject.leaseSeconds)} at a time, ${duration(subject.taskSeconds)} in all; then its access expires`,
    `  runs          ${inline(subject.workVersion)}`,
    '',
    'It may do this, and nothing else:',
    ...subject.tools.flatMap(({ name, actions, resources }) => [
      `  ${name}: ${actions.join(', ')}`,
      ...resources.map((resource) => `      on ${inline(resource)}`),
    ]),
    '',
    subject.secrets.length === 0
      ? 'It gets no secrets except its own session.'
      : 'These secrets are created for it alone, and destroyed at its end:',
    ...subject.secrets.map(({ name, spec }) => `  ${name}: ${inline(secretText(spec))}`),
    '',
    `Approved by ${subject.approvals.length} of ${subject.quorum}${subject.approvals.length > 0 ? ` (${subject.approvals.map(inline).join(', ')})` : ''}; approval expires at ${subject.expiresAt ?? '?'}.`,
    `Grant digest  ${subject.grantDigest}`,
  ];
  return `${lines.join('\n')}\n`;
}

export const renderReview = (review: ReviewRow, stack: string): string =>
  `${[
    `${review.boundaryId} is open: ${review.of} ran as an emergency, without approval`,
    '',
    `  requested by  ${inline(review.requestedBy)}, at ${new Date(review.openedAtMs).toISOString()}`,
    `  could not wait because  ${inline(review.emergency)}`,
    '',
    `To see what it did: taskbound show ${review.of} --stack ${stack}`,
  ].join('\n')}\n`;

export function renderDecided({ boundaryId, decision, person, phase, approvals, quorum }: Decided): string {
  if (approvals === null) return `${person} decided the review ${boundaryId}: ${phase}.\n`;
  if (decision === 'refuse') return `${person} refused ${boundaryId}. It will not run.\n`;
  const so = `${person} approved ${boundaryId}: ${approvals} of ${quorum}.`;
  return phase === 'requested' ? `${so} It still waits.\n` : `${so} It starts.\n`;
}
