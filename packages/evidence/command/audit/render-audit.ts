import type { AuditResult, RecordRef } from '../../audit/result.ts';
import { visible } from '../../display/visible.ts';
import { columns } from '../print.ts';

const WHY: Readonly<Record<AuditResult['verdict'], string>> = {
  enforced:
    'every call of the task in the trail is within its boundary, and no information that could show a violation is missing',
  violated: 'the trail or the evidence shows something that the boundary should have prevented',
  undetermined: 'no violation was found, but information that could show one is missing',
};

const CALLS: readonly (readonly [keyof AuditResult['calls'], string])[] = [
  ['insideAllowed', 'inside the session policy, answered'],
  ['insideRefused', 'inside, but refused'],
  ['insideFailed', 'inside, failed for another reason'],
  ['outsideRefused', 'outside, refused'],
  ['outsideAllowed', 'outside, ANSWERED'],
  ['afterRefused', 'after the end, refused'],
  ['afterAllowed', 'after the end, ANSWERED'],
  ['undecided', 'not decided'],
];

export const SIGNATURES: Readonly<Record<AuditResult['trail']['signatures'], string>> = {
  verified: 'their signatures were checked',
  'not-checked': 'their signatures were not checked, only their hashes (see --trail-keys)',
  broken: 'their signatures are wrong',
};

/** The text of records is not trusted. */
const recordRows = (records: readonly RecordRef[]): string =>
  columns(
    records.map((ref) => [
      '   ',
      visible(ref.at),
      visible(ref.action),
      visible(ref.resource),
      ref.error === null ? 'answered' : visible(ref.error),
      visible(ref.accessKeyId ?? 'no key'),
      `${visible(ref.eventId)} in ${visible(ref.file)}`,
    ]),
  );

const section = (title: string, text: string): string => (text === '' ? '' : `\n${title}\n${text}`);

/** The verdict, followed by violations, gaps, attempts, counts of calls, and what the trail covers. */
export function renderAudit(result: AuditResult): string {
  const { verdict, violations, gaps, attempts, calls, trail } = result;
  const counted = CALLS.filter(([name]) => calls[name] > 0).map(([name, words]) => [
    '   ',
    String(calls[name]),
    words,
  ]);
  const tried =
    calls.outsideRefused > attempts.length
      ? ` (the first ${attempts.length} of ${calls.outsideRefused})`
      : '';
  return [
    `${visible(result.boundaryId)}: ${verdict}\n${WHY[verdict]}\n`,
    ...violations.map(({ rule, says, records }) =>
      section(`VIOLATION ${visible(rule)}`, `    ${visible(says)}\n${recordRows(records)}`),
    ),
    ...gaps.map(({ rule, says }) => section(`missing: ${visible(rule)}`, `    ${visible(says)}\n`)),
    section(`Refused attempts outside the session policy${tried}`, recordRows(attempts)),
    section('Calls of the task', columns(counted)),
    section('Trail', trailText(trail)),
  ].join('');
}

function trailText({ files, records, bytes, from, to, digests, signatures }: AuditResult['trail']): string {
  const covered =
    from === null || to === null
      ? 'no period is covered completely'
      : `covers ${visible(from)} to ${visible(to)}`;
  const signed = digests === 'absent' ? '' : `; ${SIGNATURES[signatures]}`;
  return `    ${files} files, ${records} records, ${bytes} bytes uncompressed; ${covered}\n    digest files: ${digests}${signed}\n`;
}
