import { listAt, textAt } from './event-data.ts';
import { secretsLeft, type LeaseFacts, type TaskRecord } from './task-record.ts';

/** As often `ProveRevoked` uses each credential, and each time it must be refused. */
export const REFUSALS_NEEDED = 3;

/**
 * Whether and how it is known that a task's access ended. `unproven`: the record does not show it, whatever word it uses; `because` says
 * what is missing, and is empty for the other kinds.
 */
export interface AccessEnd {
  readonly kind: 'refused' | 'nothing-issued' | 'expired' | 'unproven';
  readonly because: readonly string[];
}

/** Judges the proof's content, not its word: a record that says `refused` must hold the refusals of every lease that it says was issued. */
export function accessEnd(record: TaskRecord): AccessEnd {
  const kind = textAt(record.proven?.data, 'proof');
  const because = [...unproven(record, kind), ...leftOver(record)];
  if (because.length > 0) return { kind: 'unproven', because };
  return kind === 'refused' || kind === 'expired' ? { kind, because } : { kind: 'nothing-issued', because };
}

function unproven({ proven, leases }: TaskRecord, kind: string | undefined): string[] {
  if (proven === undefined)
    return ['the record has no proof: ProveRevoked had not finished when it was taken'];
  switch (kind) {
    case 'refused':
    case 'expired':
      return leases.flatMap((lease) => leaseFault(lease, kind) ?? []);
    case 'nothing-issued':
      return leases.length === 0
        ? []
        : [`the proof says that nothing was issued, and ${leases.length} leases were`];
    default:
      return ['the proof is of a kind that is not known'];
  }
}

function leaseFault({ number, issued, proof }: LeaseFacts, kind: 'refused' | 'expired'): string | undefined {
  const name = `lease ${number ?? '?'}`;
  if (proof === undefined) return `the proof does not speak of ${name}`;
  const key = textAt(proof, 'accessKeyId');
  if (key !== undefined && key !== textAt(issued.data, 'accessKeyId'))
    return `the proof of ${name} is about another access key than the one that was issued`;
  // In a proof of the kind `expired`, some leases may have been refused, and the others were waited out.
  const isRefused = kind === 'refused' || textAt(proof, 'proof') === 'refused';
  const refusals = listAt(proof, 'refusals').length;
  if (!isRefused || refusals >= REFUSALS_NEEDED) return undefined;
  return `the proof of ${name} has ${refusals} refusals; ${REFUSALS_NEEDED} are needed`;
}

const leftOver = (record: TaskRecord): string[] =>
  secretsLeft(record).map(({ name }) => `the secret ${name} was made and is not said to be destroyed`);
