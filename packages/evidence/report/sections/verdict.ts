import type { AuditResult } from '../../audit/result.ts';
import type { EventOf } from '../../events/event.ts';
import { isClosed, isRefused } from '../../events/task-record.ts';
import { count, html, theirs, type Content, type Html } from '../html.ts';
import { badge, type Tone } from '../parts.ts';
import type { ReportSubject } from '../subject.ts';
import { between, duration } from '../time.ts';

/** One answer at the top of the page. */
interface Answer {
  readonly question: Content;
  readonly tone: Tone;
  readonly word: string;
  readonly says: Content;
}

const answer = ({ question, tone, word, says }: Answer): Html =>
  html`<div class="answer ${tone}">
    <h3>${question}</h3>
    <p class="word">${badge(tone, word)}</p>
    <p>${says}</p>
  </div>`;

/** The four questions of a reviewer, answered first. */
export const verdict = (subject: ReportSubject): Html =>
  html`<div class="answers">
    ${[access(subject), outcome(subject), evidence(subject), audit(subject)].map(answer)}
  </div>`;

function access(subject: ReportSubject): Answer {
  const question = html`Did the task’s access end?`;
  const { end, record } = subject;
  switch (end.kind) {
    case 'refused':
      return {
        question,
        tone: 'good',
        word: 'Yes, proven by use',
        says: html`After the end, ${count(record.leases.length, 'credential')} of this task
        ${record.leases.length === 1 ? 'was' : 'were'} used, and AWS refused every
        call.${provenAfter(subject)}`,
      };
    case 'nothing-issued':
      return {
        question,
        tone: 'good',
        word: 'There was none',
        says:
          record.secrets.length === 0
            ? 'No credential was ever issued to this task, so nothing had to end.'
            : `No session was ever issued to this task, and ${count(record.secrets.length, 'secret')} made for it ${record.secrets.length === 1 ? 'was' : 'were'} destroyed.`,
      };
    case 'expired':
      return {
        question,
        tone: 'warn',
        word: 'Yes, by its deadline',
        says: 'At least one credential could not be shown to be refused permanently, so the proof waited for its deadline. This is weaker than an observed refusal.',
      };
    case 'unproven':
      return {
        question,
        tone: 'bad',
        word:
          (subject.audit?.calls.afterAllowed ?? 0) > 0
            ? 'No: the trail shows calls after the end'
            : 'Not proven',
        says: theirs(
          `The end of access is not proven: ${end.because.join('; ')}. Each session still ends at its own deadline.`,
        ),
      };
  }
}

/** How long after the end of the work the proof was recorded. */
function provenAfter({ record: { runs, revoked, proven } }: ReportSubject): Html | undefined {
  const ended = endedAt(runs.at(-1)) ?? revoked?.at;
  return ended === undefined || proven === undefined
    ? undefined
    : html` This was proven ${duration(between(ended, proven.at))} after the work ended.`;
}

const endedAt = (run: EventOf<'work.finished'> | undefined): string | undefined =>
  run?.data.status === 'handed-on' ? undefined : run?.data.endedAt;

function outcome({ record, path }: ReportSubject): Answer {
  const question = 'How did the task end?';
  const says = theirs(path.says);
  if (!isClosed(record)) return { question, tone: 'warn', word: 'Not closed yet', says };
  if (record.closed === undefined) return { question, tone: 'warn', word: 'Cannot be read', says };
  const { outcome: word, error } = record.closed.data;
  if (word === 'succeeded') return { question, tone: 'good', word: 'Succeeded', says };
  return {
    question,
    tone: 'warn',
    word: record.rejected || record.expired || isRefused(record) ? 'Refused' : 'Failed',
    says: html`${says} ${error === null ? '' : html`Error: ${theirs(error, 200)}.`}`,
  };
}

export const RECORD_WORDS: Readonly<
  Record<ReportSubject['verification']['is'], { tone: Tone; word: string }>
> = {
  verified: { tone: 'good', word: 'Signed and complete' },
  consistent: { tone: 'warn', word: 'Consistent' },
  unsigned: { tone: 'warn', word: 'Not signed yet' },
  broken: { tone: 'bad', word: 'Does not verify' },
};

const evidence = ({ verification: { is, says } }: ReportSubject): Answer => ({
  question: 'Can the record be relied on?',
  ...RECORD_WORDS[is],
  says: theirs(says),
});

export const AUDIT_WORDS: Readonly<
  Record<AuditResult['verdict'], { tone: Tone; word: string; says: string }>
> = {
  enforced: {
    tone: 'good',
    word: 'Enforced',
    says: 'Every call of the task in the trail was allowed by its session policy or was refused. No information that could show a violation is missing.',
  },
  violated: {
    tone: 'bad',
    word: 'Violated',
    says: 'The trail or the evidence shows something that the boundary should have prevented.',
  },
  undetermined: {
    tone: 'warn',
    word: 'Undetermined',
    says: 'No violation was found, but information that could show one is missing.',
  },
};

export const LEFT_OUT =
  'An audit was given, but its verdict is not shown, because the record does not verify.';

function audit({ audit: result, isAuditLeftOut }: ReportSubject): Answer {
  const question = 'Was the boundary enforced?';
  if (isAuditLeftOut) return { question, tone: 'bad', word: 'Undetermined', says: LEFT_OUT };
  if (result === undefined)
    return {
      question,
      tone: 'plain',
      word: 'Not audited',
      says: html`This report was created without an audit: the task’s calls were not compared with CloudTrail.`,
    };
  const { tone, word, says } = AUDIT_WORDS[result.verdict];
  const refused = refusedOutside(result);
  return refused === undefined
    ? { question, tone, word, says }
    : { question, tone: tone === 'good' ? 'warn' : tone, word, says: html`${says} ${refused}.` };
}

/** What a reviewer must look at even if the boundary was enforced: something tried to leave it. Undefined if nothing did. */
export const refusedOutside = ({ calls: { outsideRefused: number } }: AuditResult): string | undefined =>
  number === 0
    ? undefined
    : `${count(number, 'call')} outside the boundary ${number === 1 ? 'was' : 'were'} tried and refused`;
