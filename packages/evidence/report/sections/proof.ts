import type { EventData } from '../../events/event.ts';
import { isProven, unreadableOf, type LeaseProof, type TaskRecord } from '../../events/task-record.ts';
import { REFUSALS_NEEDED } from '../../access-end/refusal.ts';
import { code, html, quote, theirs, type Content, type Html } from '../html.ts';
import { badge, bounded, facts, list, table, whole } from '../parts.ts';
import type { ReportSubject } from '../subject.ts';
import { between, duration, utc } from '../time.ts';

const MOST_LEASES = 100;
const MOST_REFUSALS = 10;
const MOST_REASONS = 100;

/** How access ended, and how that is known: the deny, the refusals of each lease, the secrets and logins that do not exist any more. */
export function proof({ record, end }: ReportSubject): Html {
  const { proven } = record;
  const because = bounded(end.because, MOST_REASONS);
  return html`<h3>How access was revoked</h3>
    ${deny(record)}
    <h3>How the end was proven</h3>
    ${
      end.because.length > 0
        ? html`<p>${badge('bad', 'Not proven')}</p>
            ${list(because.shown.map((each) => theirs(each)))}${because.rest}`
        : undefined
    }${
      proven === undefined
        ? html`<p>${isProven(record) ? 'The proof cannot be read.' : 'The record has no proof.'}</p>`
        : html`<p>
              Recorded at <time datetime="${proven.at}">${utc(proven.at)}</time> as a proof of the kind
              ${code(proven.data.proof)}. ${EXPLAINED[end.kind]}
            </p>
            ${leases(proven.data.leases)}${gone(proven.data)}`
    }`;
}

const EXPLAINED: Readonly<Record<ReportSubject['end']['kind'], string>> = {
  refused: `Each credential was used for a harmless call, ${REFUSALS_NEEDED} times, one second apart, and AWS refused every call. The acceptance of a request to revoke it would not be a proof.`,
  expired:
    'At least one credential could not be shown to be refused permanently. Its deadline is part of the session policy, and the proof waited until it had passed on every clock.',
  'nothing-issued': 'The ledger contains no intent to issue a lease, so no credential can exist.',
  unproven: 'This proof is incomplete, or something contradicts it, so it does not count.',
};

function deny(record: TaskRecord): Html {
  const entry = record.revoked?.data.deny;
  if (entry === undefined)
    return unreadableOf(record, 'boundary.revoked').length > 0
      ? html`<p>The event of the teardown cannot be read.</p>`
      : html`<p>The record ends before the teardown.</p>`;
  if (typeof entry === 'string') return html`<p>Deny: ${theirs(entry)}.</p>`;
  return facts([
    [
      'Deny',
      entry.effective
        ? badge('good', 'added to the role, for the sessions of this task only')
        : html`${badge('warn', 'not added to the role')} ${quote(entry.error ?? undefined)}. The session still
          ends at its deadline.`,
    ],
    ['Policy', code(entry.policyName)],
    ['Role', code(entry.roleName)],
    ['Kept at least until', theirs(entry.until)],
  ]);
}

function leases(proofs: readonly LeaseProof[]): Html {
  const { shown, rest } = bounded(proofs, MOST_LEASES);
  if (shown.length === 0) return html`<p>There was no lease to test.</p>`;
  return html`${shown.map((each, index) => {
    const name = `Lease ${each.lease}`;
    const refusals = bounded(each.refusals, MOST_REFUSALS);
    return html`<h4>${name}: ${theirs(each.proof)}</h4>
      ${facts([
        ['Access key id', code(each.accessKeyId ?? undefined)],
        ['Deadline', theirs(each.deadline)],
      ])}${
        refusals.shown.length === 0
          ? html`<p>It was not tested, because its credentials were not available.</p>`
          : table(
              `Refusals of ${name.toLowerCase()}${index === 0 ? '' : ` (entry ${index + 1})`}`,
              ['When (UTC)', 'Relative to the deadline', 'Error', 'Message from AWS'],
              refusals.shown.map((refusal) => row(refusal, each.deadline)),
            )
      }${refusals.rest}`;
  })}${rest}`;
}

function row({ at, error, message }: LeaseProof['refusals'][number], deadline: string): Content[] {
  const left = between(at, deadline);
  return [
    utc(at),
    left > 0 ? `${duration(left)} before` : `${duration(-left)} after`,
    whole(theirs(error, 200)),
    quote(message, 1000),
  ];
}

const MOST_GONE = 100;

function gone({ secretsGone, loginsGone = [] }: EventData<'revocation.proven'>): Html {
  const secrets = bounded(secretsGone, MOST_GONE);
  const logins = bounded(loginsGone, MOST_GONE);
  return html`${
    secrets.shown.length === 0
      ? undefined
      : html`<h4>Secrets that do not exist any more</h4>
          ${list(secrets.shown.map((each) => theirs(each, 200)))}${secrets.rest}`
  }${
    logins.shown.length === 0
      ? undefined
      : html`<h4>Logins that do not exist on their server any more</h4>
          ${list(
            logins.shown.map(
              ({ username, server, at }) =>
                html`${theirs(username, 200)} on ${theirs(server, 200)}, checked at ${theirs(at, 100)}`,
            ),
          )}${logins.rest}`
  }`;
}
