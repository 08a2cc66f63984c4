import { at, numberAt, textAt } from '../../events/event-data.ts';
import type { EvidenceEvent } from '../../chain/evidence.ts';
import type { TaskRecord } from '../../events/task-record.ts';
import { block, code, html, theirs, type Content, type Html } from '../html.ts';
import { badge, facts, list, table } from '../parts.ts';
import { utc } from '../time.ts';

/** Who asked for what, who decided, and what they decided about. */
export function people(record: TaskRecord): Html {
  const { requested } = record;
  if (requested === undefined)
    return html`<p>The record does not say who asked for this task.</p>
      ${decisions(record)}`;
  const { data } = requested;
  return html`${facts([
      ['Asked for by', code(requested.actor)],
      ['Type', code(textAt(data, 'taskType'))],
      ['Reason', theirs(textAt(data, 'reason'), 4000)],
      ['At', html`<time datetime="${requested.at}">${utc(requested.at)}</time>`],
      ['Schedule', scheduleOf(data)],
      ['Window', windowOf(data)],
      ['Emergency', emergencyOf(data)],
      ['Approvals needed', numberAt(data, 'approvalsNeeded') ?? 'none'],
      ['Grant digest', code(textAt(data, 'grantDigest'))],
    ])}
    <h3>Parameters</h3>
    ${block('Parameters of the request', JSON.stringify(at(data, 'parameters') ?? null, null, 2))}
    ${decisions(record)}`;
}

const scheduleOf = (data: unknown): Content =>
  at(data, 'schedule') === undefined
    ? undefined
    : html`${theirs(textAt(data, 'schedule'))}, its run of ${theirs(textAt(data, 'scheduledFor'))}`;

const windowOf = (data: unknown): Content =>
  at(data, 'window') === undefined
    ? 'none'
    : html`from ${theirs(textAt(data, 'window', 'opensAt'))} to ${theirs(textAt(data, 'window', 'closesAt'))},
      and not outside`;

const emergencyOf = (data: unknown): Content =>
  at(data, 'emergency') === undefined
    ? undefined
    : html`${badge('warn', 'It ran without approval')} because: ${theirs(textAt(data, 'emergency'), 4000)}.
      Somebody else must review it afterwards; the review is a record of its own.`;

const DECISIONS: Readonly<Record<string, string>> = {
  'approval.granted': 'approved',
  'approval.refused': 'refused',
};

function decisions(record: TaskRecord): Html {
  const { granted, refused, expired, ended, attempts, requested } = record;
  const asked = textAt(requested?.data, 'grantDigest');
  const rows = [...granted, ...refused]
    .sort((one, other) => one.seq - other.seq)
    .map((event) => decision(event, asked));
  return html`<h3>Decisions</h3>
    ${
      rows.length === 0
        ? html`<p>Nobody approved or refused it${expired ? ', and the time for approvals ran out' : ''}.</p>`
        : table(
            'Decisions about this task',
            ['Who', 'Decided', 'When (UTC)', 'About the grant', 'Reason'],
            rows,
          )
    }${
      ended
        ? html`<p>
            ${badge('warn', 'Ended early')} by ${theirs(textAt(ended.data, 'person'))}, because:
            ${theirs(textAt(ended.data, 'reason'), 4000)}
          </p>`
        : undefined
    }${
      attempts.length === 0
        ? undefined
        : html`<h3>Attempts that were turned away</h3>
            ${list(
              attempts.map(
                ({ actor, data }) =>
                  html`${theirs(textAt(data, 'what'))} by ${theirs(actor, 300)}:
                  ${theirs(textAt(data, 'because'))}`,
              ),
            )}`
    }`;
}

function decision({ type, actor, at: writtenAt, data }: EvidenceEvent, asked: string | undefined): Content[] {
  const digest = textAt(data, 'grantDigest');
  const isSame = digest !== undefined && digest === asked;
  return [
    html`${theirs(textAt(data, 'person'), 200)}<br />${code(actor)}`,
    DECISIONS[type] ?? type,
    utc(textAt(data, 'decidedAt') ?? writtenAt),
    html`${isSame ? badge('good', 'the one that was asked for') : badge('bad', 'another one')}<br />${code(digest)}`,
    theirs(textAt(data, 'reason') ?? 'none given', 1000),
  ];
}
