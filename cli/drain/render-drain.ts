import { type Drain, sweptByMs } from '../../core/operations/drain.ts';
import type { Remaining } from './remaining.ts';
import type { DrainReport } from './drain-report.ts';
import { columns, oneLine } from 'taskbound-evidence/command/print';
import { quoted, visible } from 'taskbound-evidence/display/visible';
import { elapsed } from '../elapsed.ts';

/** How many boundaries are listed; `--json` lists all. */
const LISTED = 20;

const count = (many: number, one: string, more: string): string => `${many} ${many === 1 ? one : more}`;

/** `2 open (1 admitted, 1 revoking)` */
function openText({ open, unreadable }: Remaining): string[] {
  const phases = new Map<string, number>();
  for (const phase of [...open.map((row) => row.phase), ...unreadable.map(() => 'unreadable')])
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
  const total = open.length + unreadable.length;
  const each = [...phases].map(([phase, many]) => `${many} ${phase}`).join(', ');
  return total === 0 ? [] : [`${count(total, 'boundary', 'boundaries')} not closed (${each})`];
}

function waitingText({ waiting }: Remaining): string[] {
  if (waiting.length === 0) return [];
  const latest = new Date(Math.max(...waiting.map(sweptByMs))).toISOString();
  return [`${count(waiting.length, 'deny', 'denies')} to be lifted, by ${latest} if nothing fails`];
}

const remainingText = (remaining: Remaining): string =>
  [...openText(remaining), ...waitingText(remaining)].join('; ') ||
  'nothing is left; waiting for requests that may still be in progress';

/** Turns what remains into progress lines: one whenever something changed. */
export class DrainProgress {
  #printed = '';

  /** `sinceStartMs`: how long the command has been waiting. */
  line(remaining: Remaining, sinceStartMs: number): string | undefined {
    const text = remainingText(remaining);
    if (text === this.#printed) return undefined;
    this.#printed = text;
    return `${elapsed(sinceStartMs).padStart(13)}  ${text}\n`;
  }
}

/** Who made the stack refuse new tasks, since when and why, on one line. */
export function renderDraining(stack: string, drain: Drain): string {
  if ('fault' in drain)
    return `Stack ${stack} accepts no new tasks; its marker cannot be read: ${oneLine(drain.fault)}`;
  const { sinceMs, by, reason } = drain.marker;
  return `Stack ${stack} accepts no new tasks since ${new Date(sinceMs).toISOString()} (${visible(by)}: ${quoted(reason)})`;
}

function leftRows({ open, waitingForDeny }: DrainReport): string[][] {
  const error = (text: string | null): string => (text === null ? '' : `: ${oneLine(text)}`);
  const rows = [
    ...open.map((row) => ['Not closed', `${visible(row.boundaryId)} is ${row.phase}${error(row.error)}`]),
    ...waitingForDeny.map((row) => [
      'Deny in place',
      `${visible(row.boundaryId)} until ${row.liftedBy ?? 'unknown'}${error(row.error)}`,
    ]),
  ];
  const more = rows.length - LISTED;
  return more <= 0 ? rows : [...rows.slice(0, LISTED), ['', `and ${more} more; --json lists all`]];
}

function nextStep({ stack, safe, draining, open, waitingForDeny }: DrainReport): string {
  if (safe)
    return `delete it (npx cdk destroy), or accept tasks again with taskbound drain --resume --stack ${stack}`;
  if (!draining) return 'run taskbound drain again before you delete the stack';
  if (open.length + waitingForDeny.length === 0)
    return 'run taskbound drain again for at least 40 seconds: nothing is left, but a request may be in progress';
  if (open.length === 0) return 'run taskbound drain again; what is left ends by itself';
  return 'run taskbound drain again, with --end to stop what still runs; taskbound show explains why a boundary does not close';
}

const verdict = ({ safe, draining }: DrainReport): string => {
  if (safe) return 'yes: every boundary is closed, every deny is lifted, and no task can be added';
  return draining ? 'NO' : 'NO: new tasks are accepted';
};

/** The result of a drain as text. */
export function renderDrain(report: DrainReport): string {
  return columns([
    ['Stack', report.stack],
    ...(report.ended.length === 0 ? [] : [['Ended', count(report.ended.length, 'execution', 'executions')]]),
    ...leftRows(report),
    ['Safe', verdict(report)],
    ['Next', nextStep(report)],
  ]);
}

/** The result of `--resume` as text. */
export const renderResumed = (stack: string, removed: Drain | undefined): string =>
  removed === undefined
    ? `Stack ${stack} was not draining; nothing was changed.\n`
    : `Stack ${stack} accepts tasks again.\n`;
