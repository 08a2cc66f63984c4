import { parseBoundaryId } from 'taskbound-evidence/names/ids';
import { scheduleRequester } from 'taskbound-evidence/lookup/lookup';
import { reviewedBy } from 'taskbound-evidence/names/review-id';
import type { FoundTask, FoundTasks } from './find-tasks.ts';
import { columns, visible } from 'taskbound-evidence/command/print';
import type { FindQuery } from './find-query.ts';

/** Who asked, as `--requester` takes it. */
function requesterOf({ row, review }: FoundTask): string | null {
  if (row?.scheduled) return scheduleRequester(row.scheduled.schedule);
  return row?.requester ?? row?.requestedBy.arn ?? review?.requester ?? null;
}

function requestedAtOf({ row, review }: FoundTask): string | null {
  const ms = row?.requestedAtMs ?? review?.openedAtMs;
  return ms === undefined ? null : new Date(ms).toISOString();
}

/** One match of `find --json`; scripts rely on these fields. Of a review, `boundaryId` is the review's and `phase` its state. What is not known is null. */
export function matchOf(finding: FoundTask) {
  const { boundaryId, row, review, event, signed = false, fault } = finding;
  return {
    boundaryId,
    taskType: parseBoundaryId(reviewedBy(boundaryId) ?? boundaryId)?.taskType ?? null,
    phase: row?.phase ?? review?.state ?? null,
    outcome: row?.outcome ?? null,
    requester: requesterOf(finding),
    requestedAt: requestedAtOf(finding),
    event: event ? { seq: event.seq, at: event.at, type: event.type } : null,
    /** Whether the boundary's own chain holds, is signed by the stack's key if it is closed, and has the event. */
    confirmed: fault === undefined,
    /** Whether what confirms it is signed: what is open, or a review, is not, and whoever can write to the table could have made it anew. */
    signed,
    fault: fault ?? null,
  };
}

const WORDS: Readonly<Record<FindQuery['by'], string>> = {
  requester: 'asked for by',
  approver: 'decided by',
  day: 'asked for on',
  'access-key': 'with the access key',
  secret: 'with the secret',
};

/** What is written in the last second or so may be missing: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html */
const LATE = 'The index is eventually consistent: what was written a moment ago may be missing from it.\n';
const asked = ({ by, value }: FindQuery): string => `${WORDS[by]} ${visible(value)}`;

export function renderFind(question: FindQuery, { tasks: findings, more }: FoundTasks): string {
  const late = question.by === 'secret' ? '' : LATE;
  if (findings.length === 0) return `Nothing was found ${asked(question)}.\n${late}`;
  const doubts = findings.flatMap(({ boundaryId, fault }) =>
    fault === undefined ? [] : [`NOT CONFIRMED: ${visible(boundaryId)}: ${visible(fault)}.\n`],
  );
  const unsigned = findings.flatMap(({ boundaryId, signed }) =>
    signed === false
      ? [
          `NOT SIGNED: ${visible(boundaryId)}: confirmed by its chain alone; what is open, or a review, is signed by nobody.\n`,
        ]
      : [],
  );
  const rest = more ? 'There are more, and older ones. Give a higher --limit.\n' : '';
  return `Found ${findings.length} ${asked(question)}:\n${table(findings)}${rest}${[...doubts, ...unsigned].join('')}${late}`;
}

const table = (findings: readonly FoundTask[]): string =>
  columns([
    ['REQUESTED (UTC)', 'BOUNDARY', 'PHASE', 'REQUESTER', 'FOUND BY'],
    ...findings
      .map(matchOf)
      .map(({ requestedAt, boundaryId, phase, requester, event }) => [
        requestedAt?.slice(0, 16).replace('T', ' ') ?? '-',
        visible(boundaryId),
        phase ?? '-',
        visible(requester ?? '-'),
        event ? `event ${event.seq}, ${event.type}, ${event.at}` : '-',
      ]),
  ]);
