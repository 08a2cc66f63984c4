import { listAt, textAt, timeAt } from '../events/event-data.ts';
import type { EvidenceEvent } from '../chain/evidence.ts';
import { refusalKind, REFUSALS_NEEDED } from './refusal.ts';
import {
  leaseName,
  secretsLeft,
  type LeaseFacts,
  type TaskRecord,
  type UntoldLease,
} from '../events/task-record.ts';

/**
 * Whether and how it is known that a task's access ended. `unproven`: the record does not show it, whatever word it uses; `because` says
 * what is missing, and is empty for the other kinds.
 */
export interface AccessEnd {
  readonly kind: 'refused' | 'nothing-issued' | 'expired' | 'unproven';
  readonly because: readonly string[];
}

/** Judges the proof's content, not its word: a record that says `refused` must hold the refusals of every lease that it names. */
export function accessEnd(record: TaskRecord): AccessEnd {
  const kind = textAt(record.proven?.data, 'proof');
  const because = [...unproven(record, kind), ...leftOver(record)];
  if (because.length > 0) return { kind: 'unproven', because };
  return kind === 'refused' || kind === 'expired' ? { kind, because } : { kind: 'nothing-issued', because };
}

function unproven({ proven, leases, untold }: TaskRecord, kind: string | undefined): string[] {
  if (proven === undefined)
    return ['the record has no proof: ProveRevoked had not finished when it was taken'];
  const all = [...leases, ...untold];
  switch (kind) {
    case 'refused':
    case 'expired':
      return all.length === 0
        ? [`the proof says ${kind}, and neither it nor anything else names a lease`]
        : all.flatMap((lease) => leaseFaults(lease, kind, proven));
    case 'nothing-issued':
      return all.length === 0
        ? []
        : [`the proof says that nothing was issued, and ${all.length} leases were, or may have been`];
    default:
      return ['the proof is of a kind that is not known'];
  }
}

type AnyLease = LeaseFacts | UntoldLease;

const issueOf = (lease: AnyLease): unknown => ('issued' in lease ? lease.issued.data : undefined);

function leaseFaults(lease: AnyLease, kind: 'refused' | 'expired', proven: EvidenceEvent): string[] {
  const { proof } = lease;
  const name = leaseName(lease);
  if (proof === undefined) return [`the proof does not speak of ${name}`];
  // In a proof of the kind `expired`, some leases may have been refused, and the others were waited out.
  const isRefused = kind === 'refused' || textAt(proof, 'proof') === 'refused';
  const keyFault = keyFaultOf(lease, isRefused);
  return [
    ...(keyFault === undefined ? [] : [`the proof of ${name} ${keyFault}`]),
    ...(isRefused ? refusalFaults(name, proof) : waitFaults(name, lease, proven)),
  ];
}

/** What was used must be what was issued. A lease that was waited out may have no known key. */
function keyFaultOf(lease: AnyLease, isRefused: boolean): string | undefined {
  const key = textAt(lease.proof, 'accessKeyId');
  if (key === undefined) return isRefused ? 'names no access key' : undefined;
  if (key === textAt(issueOf(lease), 'accessKeyId')) return undefined;
  return 'issued' in lease
    ? 'is about another access key than the one that was issued'
    : 'is about an access key whose issue is not recorded';
}

function refusalFaults(name: string, proof: unknown): string[] {
  const refusals = listAt(proof, 'refusals');
  const times = refusals.map((each) => timeAt(each, 'at'));
  const faults: string[] = [];
  if (refusals.length < REFUSALS_NEEDED)
    faults.push(`the proof of ${name} has ${refusals.length} refusals; ${REFUSALS_NEEDED} are needed`);
  const odd = refusals.findIndex((each) => !isRefusal(each));
  if (odd !== -1) faults.push(`answer ${odd + 1} in the proof of ${name} does not show that access ended`);
  if (times.some((time, index) => !(time > (times[index - 1] ?? -Infinity))))
    faults.push(`the answers in the proof of ${name} are not at times that follow each other`);
  return faults;
}

function isRefusal(answer: unknown): boolean {
  const [error, message] = [textAt(answer, 'error'), textAt(answer, 'message')];
  return error !== undefined && message !== undefined && refusalKind(error, message) === 'refused';
}

/** Waiting proves something only when it lasted past the deadline, by whatever is said of that. */
function waitFaults(name: string, lease: AnyLease, proven: EvidenceEvent): string[] {
  const told = [lease.proof, ...('issued' in lease ? [lease.issued.data] : [])];
  const deadlines = told.map((each) => timeAt(each, 'deadline'));
  return deadlines.every((deadline) => Date.parse(proven.at) > deadline)
    ? []
    : [`the proof of ${name} waited for its deadline, and is not later than that`];
}

const leftOver = (record: TaskRecord): string[] =>
  secretsLeft(record).map(({ name }) => `the secret ${name} was made and is not said to be destroyed`);
