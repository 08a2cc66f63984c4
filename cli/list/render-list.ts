import { isWaiting } from '../../core/approvals/approval.ts';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { ReviewRow } from '../../core/approvals/review.ts';
import { windowText } from '../../core/windows/window-rule.ts';
import { columns } from 'taskbound-evidence/command/print';
import { quoted, visible } from 'taskbound-evidence/display/visible';

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
/** To the minute, which is enough to find a task: `2026-11-23 10:00` */
const minute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** The phase and, if the task waits, for what. */
function phaseOf(row: LedgerRow): string {
  const waits = waitsFor(row);
  return waits === null ? row.phase : `${row.phase}, waits for ${waits}`;
}

const errorOf = (row: LedgerRow): string | null =>
  row.rejection?.error ?? (row.work?.status === 'failed' ? row.work.error : null);

/** One boundary of `list --json`; scripts rely on these fields. Times are ISO 8601; unknown values are null. */
export const summaryOf = (row: LedgerRow) => ({
  boundaryId: row.boundaryId,
  taskType: row.taskType,
  taskId: row.taskId,
  phase: row.phase,
  outcome: row.outcome ?? null,
  error: errorOf(row),
  proof: row.proof?.kind ?? null,
  requestedAt: iso(row.requestedAtMs),
  requestedBy: row.requestedBy.arn,
  reason: row.reason,
  window: row.window ? windowText(row.window) : null,
  closedAt: iso(row.closedAtMs),
  executionArn: row.executionArn,
  waitsFor: waitsFor(row),
});

/** What a task waits for; null when it does not wait. */
function waitsFor(row: LedgerRow): string | null {
  const { window } = row;
  if (row.phase === 'admitted' && window) return `its window, which opens ${minute(window.opensAtMs)}`;
  if (!isWaiting(row)) return null;
  const { quorum, expiresAtMs } = row.approval;
  const given = new Set(row.decisions?.map(({ person }) => person)).size;
  return `approval, ${given} of ${quorum} until ${iso(expiresAtMs) ?? ''}`;
}

/** One review of `list --json`. */
export const reviewSummaryOf = (review: ReviewRow) => ({
  reviewId: review.boundaryId,
  boundaryId: review.of,
  emergency: review.emergency,
  requestedBy: review.requestedBy,
  openedAt: iso(review.openedAtMs),
});

const reviewTable = (reviews: readonly ReviewRow[]): string =>
  columns([
    ['SINCE (UTC)', 'REVIEW', 'REQUESTED BY', 'COULD NOT WAIT BECAUSE'],
    ...reviews.map((review) => [
      minute(review.openedAtMs),
      visible(review.boundaryId),
      visible(review.requestedBy.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '')),
      quoted(review.emergency),
    ]),
  ]);

const table = (rows: readonly LedgerRow[]): string =>
  columns([
    ['REQUESTED (UTC)', 'BOUNDARY', 'PHASE', 'OUTCOME', 'PROOF', 'REQUESTED BY'],
    ...rows.map((row) => [
      minute(row.requestedAtMs),
      visible(row.boundaryId),
      phaseOf(row),
      visible([row.outcome ?? '-', errorOf(row)].filter((part) => part !== null).join(': ')),
      row.proof?.kind ?? '-',
      visible(row.requestedBy.arn.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '')),
    ]),
  ]);

/** Open boundaries first, because they have access. */
export function renderList(
  rows: readonly LedgerRow[],
  days: number,
  reviews: readonly ReviewRow[] = [],
): string {
  const open =
    reviews.length > 0 ? `Emergencies to review: ${reviews.length}\n${reviewTable(reviews)}\n` : '';
  return open + renderBoundaries(rows, days);
}

function renderBoundaries(rows: readonly LedgerRow[], days: number): string {
  const span = `the last ${days === 1 ? 'day' : `${days} days`}`;
  if (rows.length === 0) return `No boundaries in ${span}.\n`;
  const open = rows.filter((row) => row.phase !== 'closed');
  const closed = rows.filter((row) => row.phase === 'closed');
  const parts = [`Open: ${open.length}\n${open.length > 0 ? table(open) : ''}`];
  if (closed.length > 0) parts.push(`Closed in ${span}: ${closed.length}\n${table(closed)}`);
  return parts.join('\n');
}
