import type { ReviewRow } from '../../core/approvals/review.ts';
import type { Decided } from '../../client/calls/call-decide.ts';
import type { DecisionSubject } from './decision-subject.ts';
import { jsonText, named, quoted, visible } from 'taskbound-evidence/display/visible';
import { messageOf } from 'taskbound-evidence/command/errors';
import { grantLines } from 'taskbound-evidence/policy/grant-lines';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import { secretLines } from '../plan/secret-lines.ts';

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

/** Everything that is approved: who requests it, why, which tools on which resources, when, how long, which secrets. */
export function renderSubject(subject: DecisionSubject): string {
  const { window } = subject;
  const secrets = secretLines(subject.secrets);
  const lines = [
    `${visible(subject.boundaryId)} waits for approval`,
    '',
    `  requested by  ${named(subject.requestedBy)}, at ${subject.requestedAt}`,
    `  because       ${quoted(subject.reason)}`,
    ...Object.entries(subject.parameters).map(
      ([name, value]) => `  with          ${named(name)} = ${jsonText(value)}`,
    ),
    `  when          ${window ? `from ${window.opensAt} until ${window.closesAt}, and not outside` : 'immediately'}`,
    `  how long      ${duration(subject.leaseSeconds)} at a time, ${duration(subject.taskSeconds)} in all; then its access expires`,
    `  runs          ${named(subject.workVersion)}`,
    '',
    'It may do this, and nothing else:',
    ...grantLines(subject.sessionPolicy),
    '',
    secrets.length === 0
      ? 'It gets no secrets except its own session.'
      : 'These secrets are created for it alone, and destroyed at its end:',
    ...secrets,
    '',
    `Approved by ${subject.approvals.length} of ${subject.quorum}${subject.approvals.length > 0 ? ` (${subject.approvals.map(named).join(', ')})` : ''}; approval expires at ${subject.expiresAt ?? '?'}.`,
    `Grant digest  ${subject.grantDigest}`,
  ];
  return `${lines.join('\n')}\n`;
}

export const renderReview = (review: ReviewRow, stack: string): string =>
  `${[
    `${visible(review.boundaryId)} is open: ${visible(review.of)} ran as an emergency, without approval`,
    '',
    `  requested by  ${named(review.requestedBy)}, at ${new Date(review.openedAtMs).toISOString()}`,
    `  could not wait because  ${quoted(review.emergency)}`,
    '',
    `To see what it did: taskbound show ${visible(review.of)} --stack ${stack}`,
  ].join('\n')}\n`;

/** For a refusal, which needs no grant: if the type was changed or cannot be read, the request is shown alone, and why. */
export async function grantOrRequest(row: LedgerRow, grant: () => Promise<string>): Promise<string> {
  try {
    return await grant();
  } catch (error) {
    return renderRequest(row, messageOf(error));
  }
}

const renderRequest = ({ boundaryId, requestedBy, reason, parameters }: LedgerRow, because: string): string =>
  `${[
    `${visible(boundaryId)} waits for approval`,
    '',
    `  requested by  ${named(requestedBy.arn)}`,
    `  because       ${quoted(reason)}`,
    `  with          ${jsonText(parameters)}`,
    '',
    `What it would be granted cannot be shown: ${visible(because)}`,
  ].join('\n')}\n`;

export function renderDecided({ boundaryId, decision, person, phase, approvals, quorum }: Decided): string {
  const [who, what] = [visible(person), visible(boundaryId)];
  if (approvals === null) return `${who} decided the review ${what}: ${visible(phase)}.\n`;
  if (decision === 'refuse') return `${who} refused ${what}. It will not run.\n`;
  const so = `${who} approved ${what}: ${approvals} of ${quorum}.`;
  return phase === 'requested' ? `${so} It still waits.\n` : `${so} It starts.\n`;
}
