import { parseBoundaryId } from 'taskbound-evidence/names/ids';
import { scheduleRequester } from 'taskbound-evidence/lookup/lookup';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import type { FoundTask, FoundTasks } from './find-tasks.ts';
import { columns } from 'taskbound-evidence/command/print';
import { visible } from 'taskbound-evidence/display/visible';
import type { FindQuery } from './find-query.ts';

/** The requester, in the form that `--requester` accepts. */
function requesterOf({ row, review }: FoundTask): string | null {
  if (row?.scheduled) return scheduleRequester(row.scheduled.schedule);
  return row?.requester ?? row?.requestedBy.arn ?? review?.requester ?? null;
}

function requestedAtOf({ row, review }: FoundTask): string | null {
  const ms = row?.requestedAtMs ?? review?.openedAtMs;
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** One match of `find --json`; scripts rely on these fields. For a review, `boundaryId` is the review's id and `phase` its state. Unknown values are null. */
export function matchOf(found: FoundTask) {
  const { boundaryId, row, review, event, signed = false, fault } = found;
  return {
    boundaryId,
    taskType: parseBoundaryId(reviewedBy(boundaryId) ?? boundaryId)?.taskType ?? null,
    phase: row?.phase ?? review?.state ?? null,
    outcome: row?.outcome ?? null,
    requester: requesterOf(found),
    requestedAt: requestedAtOf(found),
    event: event ? { seq: event.seq, at: event.at, type: event.type } : null,
    /** Whether the boundary's own chain is valid, contains the event and, if closed, is signed with the stack's key. */
    confirmed: fault === undefined,
    /** Whether the evidence is signed. Open boundaries and reviews are not, so anyone who can write to the table could have replaced it. */
    signed,
    fault: fault ?? null,
  };
}

const CRITERION_TEXTS: Readonly<Record<FindQuery['by'], string>> = {
  requester: 'requested by',
  approver: 'decided by',
  day: 'requested on',
  'access-key': 'with the access key',
  secret: 'with the secret',
};

/** An entry of the last second or so may be missing: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html */
const INDEX_NOTE = 'The index is eventually consistent: very recent entries may be missing.\n';
const criterionText = ({ by, value }: FindQuery): string => `${CRITERION_TEXTS[by]} ${visible(value)}`;

export function renderFind(query: FindQuery, { tasks: tasks, more }: FoundTasks): string {
  const note = query.by === 'secret' ? '' : INDEX_NOTE;
  if (tasks.length === 0) return `Nothing was found ${criterionText(query)}.\n${note}`;
  const unconfirmed = tasks.flatMap(({ boundaryId, fault }) =>
    fault === undefined ? [] : [`NOT CONFIRMED: ${visible(boundaryId)}: ${visible(fault)}.\n`],
  );
  const unsigned = tasks.flatMap(({ boundaryId, signed }) =>
    signed === false
      ? [
          `NOT SIGNED: ${visible(boundaryId)}: confirmed only by its chain; open boundaries and reviews are not signed.\n`,
        ]
      : [],
  );
  const rest = more ? 'There are more, older ones. Give a higher --limit.\n' : '';
  return `Found ${tasks.length} ${criterionText(query)}:\n${table(tasks)}${rest}${[...unconfirmed, ...unsigned].join('')}${note}`;
}

const table = (tasks: readonly FoundTask[]): string =>
  columns([
    ['REQUESTED (UTC)', 'BOUNDARY', 'PHASE', 'REQUESTER', 'FOUND BY'],
    ...tasks
      .map(matchOf)
      .map(({ requestedAt, boundaryId, phase, requester, event }) => [
        requestedAt?.slice(0, 16).replace('T', ' ') ?? '-',
        visible(boundaryId),
        phase ?? '-',
        visible(requester ?? '-'),
        event ? visible(`event ${event.seq}, ${event.type}, ${event.at}`) : '-',
      ]),
  ]);
