import type { AuditResult, RecordRef } from '../../audit/result.ts';
import { SIGNATURES } from '../../command/audit/render-audit.ts';
import { block, code, html, theirs, type Content, type Html } from '../html.ts';
import { badge, bounded, facts, list, table, whole } from '../parts.ts';
import type { ReportSubject } from '../subject.ts';
import { utc } from '../time.ts';
import { AUDIT_WORDS, LEFT_OUT } from './verdict.ts';

const AUDIT_COMMANDS = `npx taskbound audit BUNDLE.json --key PEM --trail DIR --trail-keys FILE --json > audit.json
npx taskbound report BUNDLE.json --audit audit.json`;

const MOST_VIOLATIONS = 100;
const MOST_RECORDS = 50;

const CALLS: readonly (readonly [keyof AuditResult['calls'], string])[] = [
  ['insideAllowed', 'inside the session policy, and answered'],
  ['insideFailed', 'inside, but failed for another reason'],
  ['insideRefused', 'inside, but refused'],
  ['outsideRefused', 'outside, and refused'],
  ['outsideAllowed', 'outside, and answered (violation)'],
  ['afterRefused', 'after the end, and refused'],
  ['afterAllowed', 'after the end, and answered (violation)'],
  ['undecided', 'not decided'],
];

/** What CloudTrail says of the task, as `taskbound audit` judged it. */
export function audit({ audit: result, isAuditLeftOut }: ReportSubject): Html {
  if (isAuditLeftOut) return html`<p>${badge('bad', 'Not shown')} ${LEFT_OUT}</p>`;
  if (result === undefined) {
    return html`<p>
        ${badge('plain', 'Not audited')} This report was created without <code>--audit</code>. Nothing on this
        page was compared with the records of AWS. To run an audit:
      </p>
      ${block('Commands of an audit', AUDIT_COMMANDS)}`;
  }
  const { tone, word, says } = AUDIT_WORDS[result.verdict];
  return html`<p>${badge(tone, word)} ${says}</p>
    <p>
      The file of this audit is not signed, so anyone may have changed it. To rely on the audit, run it again
      on the bundle and the trail.
    </p>
    ${violations(result)} ${gaps(result)}
    ${table(
      'Calls of this task in the trail',
      ['Calls', 'Number'],
      CALLS.map(([name, words]) => [words, result.calls[name]]),
    )}
    ${attempts(result)} ${trail(result)}`;
}

const RECORD_HEADS = ['When (UTC)', 'Call', 'Resource', 'Answer', 'Access key id', 'Event id', 'File'];

const recordRow = ({ at, action, resource, error, accessKeyId, eventId, file }: RecordRef): Content[] => [
  theirs(utc(at), 40),
  whole(code(action)),
  code(resource),
  whole(error === null ? 'answered' : theirs(error, 200)),
  whole(code(accessKeyId ?? 'none')),
  code(eventId),
  code(file),
];

function violations({ violations: found }: AuditResult): Html {
  if (found.length === 0)
    return html`<h3>Violations</h3>
      <p>None was found.</p>`;
  const { shown, rest } = bounded(found, MOST_VIOLATIONS);
  return html`<h3>Violations</h3>
    ${shown.map(({ rule, says, records }, index) => {
      const some = bounded(records, MOST_RECORDS);
      return html`<h4>${badge('bad', theirs(rule, 100))}</h4>
        <p>${theirs(says, 2000)}</p>
        ${
          some.shown.length === 0
            ? undefined
            : table(`Records of violation ${index + 1}`, RECORD_HEADS, some.shown.map(recordRow))
        }${some.rest}`;
    })}${rest}`;
}

function gaps({ gaps: found }: AuditResult): Html {
  if (found.length === 0)
    return html`<h3>Missing information</h3>
      <p>Nothing that could show a violation is missing.</p>`;
  const { shown, rest } = bounded(found, MOST_VIOLATIONS);
  return html`<h3>Missing information</h3>
    ${list(shown.map(({ rule, says }) => html`<strong>${theirs(rule, 100)}</strong>: ${theirs(says, 2000)}`))}${rest}`;
}

function attempts({ attempts: found, calls }: AuditResult): Html {
  if (found.length === 0)
    return html`<h3>Refused attempts outside the session policy</h3>
      <p>None.</p>`;
  const { shown } = bounded(found, MOST_VIOLATIONS);
  const more = calls.outsideRefused - shown.length;
  return html`<h3>Refused attempts outside the session policy</h3>
    <p>
      The task made these calls, and AWS refused
      them.${more > 0 ? html` ${more} more are not shown.` : undefined}
    </p>
    ${table('Refused attempts', RECORD_HEADS, shown.map(recordRow))}`;
}

/** Hashes hold together whatever was written together: only signatures make a chain of digests somebody's. */
function digestWords({ digests, signatures }: AuditResult['trail']): Html {
  if (digests === 'absent') return badge('warn', 'absent, so missing or changed files cannot be detected');
  if (digests === 'broken' || signatures === 'broken')
    return badge('bad', `files were changed; ${SIGNATURES[signatures]}`);
  return badge(signatures === 'verified' ? 'good' : 'warn', `no file was changed; ${SIGNATURES[signatures]}`);
}

function trail({ trail: of }: AuditResult): Html {
  const { files, records, bytes, from, to } = of;
  return html`<h3>The trail that was read</h3>
    ${facts([
      ['Files', files],
      ['Records', records],
      ['Bytes', bytes],
      [html`CloudTrail’s digest files`, digestWords(of)],
      [
        'They cover',
        from === null || to === null ? 'nothing' : html`${theirs(from, 40)} to ${theirs(to, 40)}`,
      ],
    ])}`;
}
