import type { EventData, EventOf } from '../../events/event.ts';
import { unreadableOf, type TaskRecord } from '../../events/task-record.ts';
import { code, html, jsonBlock, quote, theirs, type Content, type Html } from '../html.ts';
import { badge, facts, list, table } from '../parts.ts';
import { utc } from '../time.ts';

/** Who asked for what, who decided, and about what. */
export function people(record: TaskRecord): Html {
  const { requested } = record;
  if (requested === undefined)
    return html`<p>
        ${unreadableOf(record, 'task.requested').length === 0 ? 'The record does not show who requested this task.' : 'The event of the request cannot be read.'}
      </p>
      ${decisions(record)}`;
  const { data } = requested;
  return html`${facts([
      ['Requested by', code(requested.actor)],
      ['Type', code(data.taskType)],
      ['Reason', quote(data.reason, 4000)],
      ['Requested at', html`<time datetime="${requested.at}">${utc(requested.at)}</time>`],
      ['Schedule', scheduleOf(data)],
      ['Window', windowOf(data)],
      ['Emergency', emergencyOf(data)],
      ['Approvals needed', data.approvalsNeeded ?? 'none'],
      ['Grant digest', code(data.grantDigest)],
    ])}
    <h3>Parameters</h3>
    ${jsonBlock('Parameters of the request', data.parameters)} ${decisions(record)}`;
}

type Request = EventData<'task.requested'>;

const scheduleOf = ({ schedule, scheduledFor }: Request): Content =>
  schedule && html`${theirs(schedule)}, run of ${theirs(scheduledFor)}`;

const windowOf = ({ window }: Request): Content =>
  window === undefined ? 'none' : html`from ${theirs(window.opensAt)} to ${theirs(window.closesAt)}`;

const emergencyOf = ({ emergency }: Request): Content =>
  emergency === undefined
    ? undefined
    : html`${badge('warn', 'Approval was skipped')} Reason: ${quote(emergency, 4000)}. Another person must
      review it afterwards. The review has a record of its own.`;

type Decision = EventOf<'approval.granted' | 'approval.refused'>;

const DECISIONS: Readonly<Record<Decision['type'], string>> = {
  'approval.granted': 'approved',
  'approval.refused': 'refused',
};

function decisions(record: TaskRecord): Html {
  const { granted, refused, expired, ended, attempts, requested } = record;
  const asked = requested?.data.grantDigest;
  const rows = [...granted, ...refused]
    .sort((one, other) => one.seq - other.seq)
    .map((event) => decision(event, asked));
  return html`<h3>Decisions</h3>
    ${
      rows.length === 0
        ? html`<p>
            No one approved or refused the task${expired ? ', and the time for approvals has expired' : ''}.
          </p>`
        : table('Decisions about this task', ['Person', 'Decision', 'When (UTC)', 'Grant', 'Reason'], rows)
    }${
      ended
        ? html`<p>
            ${badge('warn', 'Ended early')} by ${theirs(ended.data.person)}. Reason:
            ${quote(ended.data.reason, 4000)}
          </p>`
        : undefined
    }${
      attempts.length === 0
        ? undefined
        : html`<h3>Refused attempts</h3>
            ${list(
              attempts.map(
                ({ actor, data }) =>
                  html`${theirs(data.what)} by ${theirs(actor, 300)}: ${quote(data.because)}`,
              ),
            )}`
    }`;
}

function decision({ type, actor, data }: Decision, asked: string | undefined): Content[] {
  const isSame = data.grantDigest === asked;
  return [
    html`${theirs(data.person, 200)}<br />${code(actor)}`,
    DECISIONS[type],
    utc(data.decidedAt),
    html`${isSame ? badge('good', 'the requested grant') : badge('bad', 'a different grant')}<br />${code(data.grantDigest)}`,
    data.reason === null ? 'none given' : quote(data.reason, 1000),
  ];
}
