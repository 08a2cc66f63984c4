import type { LedgerRow } from '../../core/ledger.ts';
import { windowText } from '../../core/window-rule.ts';
import { columns, visible } from '../print.ts';

const iso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
/** Minutes are enough to find a task by: `2026-11-23 10:00` */
const minute = (ms: number): string => new Date(ms).toISOString().slice(0, 16).replace('T', ' ');

/** A task that waits for its window says until when. */
const phaseOf = ({ phase, window }: LedgerRow): string =>
  phase === 'admitted' && window ? `${phase}, opens ${minute(window.opensAtMs)}` : phase;

const errorOf = (row: LedgerRow): string | null =>
  row.rejection?.error ?? (row.work?.status === 'failed' ? row.work.error : null);

/** One boundary of `list --json`; scripts rely on these fields. Times are ISO 8601; what is not known is null. */
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
});

const table = (rows: readonly LedgerRow[]): string =>
  columns([
    ['REQUESTED (UTC)', 'BOUNDARY', 'PHASE', 'OUTCOME', 'PROOF', 'REQUESTED BY'],
    ...rows.map((row) => [
      minute(row.requestedAtMs),
      row.boundaryId,
      phaseOf(row),
      visible([row.outcome ?? '-', errorOf(row)].filter((part) => part !== null).join(': ')),
      row.proof?.kind ?? '-',
      visible(row.requestedBy.arn.replace(/^arn:[^:]*:[^:]*:[^:]*:[^:]*:/, '')),
    ]),
  ]);

/** Open boundaries first: they are the ones that hold access. */
export function renderList(rows: readonly LedgerRow[], days: number): string {
  const span = `the last ${days === 1 ? 'day' : `${days} days`}`;
  if (rows.length === 0) return `No boundaries in ${span}.\n`;
  const open = rows.filter((row) => row.phase !== 'closed');
  const closed = rows.filter((row) => row.phase === 'closed');
  const parts = [`Open: ${open.length}\n${open.length > 0 ? table(open) : ''}`];
  if (closed.length > 0) parts.push(`Closed in ${span}: ${closed.length}\n${table(closed)}`);
  return parts.join('\n');
}
