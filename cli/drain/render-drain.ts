import { sweptByMs, type Drain } from '../../core/operations/drain.ts';
import type { Look } from './look.ts';
import type { DrainReport } from './report.ts';
import { columns, oneLine } from 'taskbound-evidence/command/print';
import { elapsed } from '../run/progress.ts';

/** Boundaries that are named; the rest are counted. `--json` has them all. */
const NAMED = 20;

const count = (many: number, one: string, more: string): string => `${many} ${many === 1 ? one : more}`;

/** `2 open (1 admitted, 1 revoking)` */
function openWords({ open, unreadable }: Look): string[] {
  const phases = new Map<string, number>();
  for (const phase of [...open.map((row) => row.phase), ...unreadable.map(() => 'unreadable')])
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
  const total = open.length + unreadable.length;
  const each = [...phases].map(([phase, many]) => `${many} ${phase}`).join(', ');
  return total === 0 ? [] : [`${count(total, 'boundary', 'boundaries')} not closed (${each})`];
}

function waitingWords({ waiting }: Look): string[] {
  if (waiting.length === 0) return [];
  const latest = new Date(Math.max(...waiting.map(sweptByMs))).toISOString();
  return [`${count(waiting.length, 'deny', 'denies')} to be lifted, by ${latest} if nothing fails`];
}

const words = (look: Look): string =>
  [...openWords(look), ...waitingWords(look)].join('; ') ||
  'nothing is left; waiting for what may still be on its way';

/** Turns looks into lines for a person: one whenever something changed. */
export class DrainProgress {
  #said = '';

  /** `sinceStartMs`: how long the command has been waiting. */
  line(look: Look, sinceStartMs: number): string | undefined {
    const said = words(look);
    if (said === this.#said) return undefined;
    this.#said = said;
    return `${elapsed(sinceStartMs).padStart(13)}  ${said}\n`;
  }
}

/** Who refuses new tasks, for a person: other people's words on one line. */
export function drainWords(stack: string, drain: Drain): string {
  if ('fault' in drain) return `Stack ${stack} takes no new tasks; its marker cannot be read: ${drain.fault}`;
  const { sinceMs, by, reason } = drain.marker;
  return `Stack ${stack} takes no new tasks since ${new Date(sinceMs).toISOString()} (${oneLine(by)}: ${oneLine(reason)})`;
}

function leftRows({ open, waitingForDeny }: DrainReport): string[][] {
  const error = (text: string | null): string => (text === null ? '' : `: ${oneLine(text)}`);
  const rows = [
    ...open.map((row) => ['Not closed', `${oneLine(row.boundaryId)} is ${row.phase}${error(row.error)}`]),
    ...waitingForDeny.map((row) => [
      'Deny stands',
      `${row.boundaryId} until ${row.liftedBy ?? 'unknown'}${error(row.error)}`,
    ]),
  ];
  const more = rows.length - NAMED;
  return more <= 0 ? rows : [...rows.slice(0, NAMED), ['', `and ${more} more; --json names them all`]];
}

function nextStep({ safe, draining, open, waitingForDeny }: DrainReport): string {
  if (safe) return 'delete it (npx cdk destroy), or take tasks again with taskbound drain --resume';
  if (!draining) return 'run taskbound drain again before you delete the stack';
  if (open.length + waitingForDeny.length === 0)
    return 'run taskbound drain again for 40 seconds at least: nothing is left, but a request may be on its way';
  if (open.length === 0) return 'run taskbound drain again; what is left ends by itself';
  return 'run taskbound drain again, with --end to stop what still works; taskbound show tells why a boundary does not close';
}

const verdict = ({ safe, draining }: DrainReport): string => {
  if (safe) return 'yes: every boundary is closed, every deny lifted, and no new task can come';
  return draining ? 'NO' : 'NO: new tasks are taken';
};

/** What became of a drain, for a person. */
export function renderDrain(report: DrainReport): string {
  return columns([
    ['Stack', report.stack],
    ...(report.ended.length === 0 ? [] : [['Ended', count(report.ended.length, 'execution', 'executions')]]),
    ...leftRows(report),
    ['Safe', verdict(report)],
    ['Next', nextStep(report)],
  ]);
}

/** What became of `--resume`. */
export const renderResumed = (stack: string, stood: Drain | undefined): string =>
  stood === undefined
    ? `Stack ${stack} was not draining; nothing was changed.\n`
    : `Stack ${stack} takes tasks again.\n`;
