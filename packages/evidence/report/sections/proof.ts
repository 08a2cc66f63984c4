import { at, listAt, textAt } from '../../events/event-data.ts';
import { REFUSALS_NEEDED } from '../../access-end/refusal.ts';
import { code, html, theirs, type Content, type Html } from '../html.ts';
import { badge, bounded, facts, list, table, whole } from '../parts.ts';
import type { ReportSubject } from '../subject.ts';
import { between, duration, utc } from '../time.ts';

const MOST_LEASES = 100;
const MOST_REFUSALS = 10;
const MOST_REASONS = 100;

/** How access ended, and how that is known: the deny, each lease's refusals, what secrets and servers said. */
export function proof({ record, end }: ReportSubject): Html {
  const { proven } = record;
  const because = bounded(end.because, MOST_REASONS);
  return html`<h3>What took access away</h3>
    ${deny(record.revoked?.data)}
    <h3>How it is known</h3>
    ${
      end.because.length > 0
        ? html`<p>${badge('bad', 'Not proven')}</p>
            ${list(because.shown.map((each) => theirs(each)))}${because.rest}`
        : undefined
    }${
      proven === undefined
        ? html`<p>The record has no proof.</p>`
        : html`<p>
              Recorded <time datetime="${proven.at}">${utc(proven.at)}</time>, in the kind
              ${code(textAt(proven.data, 'proof'))}. ${EXPLAINED[end.kind]}
            </p>
            ${leases(proven.data)}${gone(proven.data)}`
    }`;
}

const EXPLAINED: Readonly<Record<ReportSubject['end']['kind'], string>> = {
  refused: `Each credential was used for one harmless call, ${REFUSALS_NEEDED} times, a second apart, and AWS refused each. That AWS had accepted a request to revoke it would not have been taken for a proof.`,
  expired:
    'At least one credential could not be shown to be refused for good. Its deadline stands inside the session, and the proof waited until it had passed on every clock.',
  'nothing-issued': 'The ledger has no intent of a lease: no credential can exist.',
  unproven: 'What is recorded does not hold together, so it is not taken for a proof.',
};

function deny(data: unknown): Html {
  if (data === undefined) return html`<p>The record does not reach to the teardown.</p>`;
  const entry = at(data, 'deny');
  if (typeof entry === 'string') return html`<p>Deny: ${theirs(entry)}.</p>`;
  return facts([
    [
      'Deny',
      at(entry, 'effective') === true
        ? badge('good', 'put on the role, for this session only')
        : html`${badge('warn', 'could not be put')} ${theirs(textAt(entry, 'error'))} The deadline ends the
          session without it.`,
    ],
    ['Policy', code(textAt(entry, 'policyName'))],
    ['Role', code(textAt(entry, 'roleName'))],
    ['Kept at least until', theirs(textAt(entry, 'until'))],
  ]);
}

function leases(data: unknown): Html {
  const { shown, rest } = bounded(listAt(data, 'leases'), MOST_LEASES);
  if (shown.length === 0) return html`<p>No lease had to be tried.</p>`;
  return html`${shown.map((each, index) => {
    const name = `Lease ${String(at(each, 'lease') ?? '?').slice(0, 40)}`;
    const refusals = bounded(listAt(each, 'refusals'), MOST_REFUSALS);
    return html`<h4>${name}: ${theirs(textAt(each, 'proof'), 100)}</h4>
      ${facts([
        ['Access key id', code(textAt(each, 'accessKeyId'))],
        ['Deadline', theirs(textAt(each, 'deadline'))],
      ])}${
        refusals.shown.length === 0
          ? html`<p>It was not tried: nobody could present it.</p>`
          : table(
              `Refusals of ${name.toLowerCase()}${index === 0 ? '' : ` (entry ${index + 1})`}`,
              ['When (UTC)', 'Against its deadline', 'Error', 'What AWS said'],
              refusals.shown.map((refusal) => row(refusal, textAt(each, 'deadline'))),
            )
      }${refusals.rest}`;
  })}${rest}`;
}

function row(refusal: unknown, deadline: string | undefined): Content[] {
  const when = textAt(refusal, 'at');
  const left = between(when, deadline);
  return [
    when === undefined ? 'not recorded' : utc(when),
    left === undefined ? 'not known' : left > 0 ? `${duration(left)} before` : `${duration(-left)} after`,
    whole(theirs(textAt(refusal, 'error'), 200)),
    theirs(textAt(refusal, 'message'), 1000),
  ];
}

const MOST_GONE = 100;

function gone(data: unknown): Html {
  const secrets = bounded(listAt(data, 'secretsGone'), MOST_GONE);
  const logins = bounded(listAt(data, 'loginsGone'), MOST_GONE);
  return html`${
    secrets.shown.length === 0
      ? undefined
      : html`<h4>Secrets that the control plane no longer sees</h4>
          ${list(secrets.shown.map((each) => theirs(String(each), 200)))}${secrets.rest}`
  }${
    logins.shown.length === 0
      ? undefined
      : html`<h4>Logins that their server no longer knows</h4>
          ${list(
            logins.shown.map(
              (each) =>
                html`${theirs(textAt(each, 'username'), 200)} on ${theirs(textAt(each, 'server'), 200)}, asked
                ${theirs(textAt(each, 'at'), 100)}`,
            ),
          )}${logins.rest}`
  }`;
}
