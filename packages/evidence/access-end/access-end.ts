import type { EventOf } from '../events/event.ts';
import {
  isProven,
  leaseName,
  secretsLeft,
  unreadableOf,
  type IssuedLease,
  type LeaseProof,
  type TaskRecord,
  type UnrecordedLease,
} from '../events/task-record.ts';
import { unreadableText } from '../events/unreadable-event.ts';
import { refusalKind, REFUSALS_NEEDED } from './refusal.ts';

/**
 * Whether and how a task's access ended. `unproven`: the record does not show it, whatever kind of proof it claims; `because` lists what is
 * missing, and is empty for the other kinds.
 */
export interface AccessEnd {
  readonly kind: 'refused' | 'nothing-issued' | 'expired' | 'unproven';
  readonly because: readonly string[];
}

/** Judges what the proof contains, not the kind that it claims: a proof `refused` must contain the refusals of every lease. */
export function accessEnd(record: TaskRecord): AccessEnd {
  const because = [...unreadable(record), ...unproven(record), ...leftOver(record)];
  const kind = record.proven?.data.proof;
  return because.length > 0 || kind === undefined ? { kind: 'unproven', because } : { kind, because };
}

/** What was issued or revoked and cannot be read may be what the proof leaves out. */
const unreadable = (record: TaskRecord): string[] => [
  ...unreadableOf(record, 'revocation.proven').map(({ problem }) => `the proof cannot be read: ${problem}`),
  ...unreadableOf(record, 'secret.issued', 'identity.issued', 'boundary.revoked').map(unreadableText),
];

function unproven(record: TaskRecord): string[] {
  const { proven, leases, unrecorded } = record;
  if (proven === undefined)
    return isProven(record)
      ? []
      : ['the record has no proof: ProveRevoked had not finished when it was taken'];
  const { proof: kind } = proven.data;
  const all = [...leases, ...unrecorded];
  if (kind === 'nothing-issued')
    return all.length === 0
      ? []
      : [`the proof states that nothing was issued, but ${all.length} leases were, or may have been`];
  return all.length === 0
    ? [`the proof states ${kind}, but neither it nor any other event names a lease`]
    : all.flatMap((lease) => leaseFaults(lease, kind, proven));
}

type AnyLease = IssuedLease | UnrecordedLease;

function leaseFaults(
  lease: AnyLease,
  kind: 'refused' | 'expired',
  proven: EventOf<'revocation.proven'>,
): string[] {
  const { proof } = lease;
  const name = leaseName(lease);
  if (proof === undefined) return [`the proof does not speak of ${name}`];
  // In a proof of the kind `expired`, some leases may have been refused; the others expired.
  const isRefused = kind === 'refused' || proof.proof === 'refused';
  const keyFault = keyFaultOf(lease, proof, isRefused);
  return [
    ...(keyFault === undefined ? [] : [`the proof of ${name} ${keyFault}`]),
    ...(isRefused ? refusalFaults(name, proof) : waitFaults(name, [proof, ...issueOf(lease)], proven)),
  ];
}

const issueOf = (lease: AnyLease): readonly EventOf<'identity.issued'>['data'][] =>
  'issued' in lease ? [lease.issued.data] : [];

/** The key that was used must be the key that was issued. A lease that expired may have no known key. */
function keyFaultOf(lease: AnyLease, { accessKeyId }: LeaseProof, isRefused: boolean): string | undefined {
  if (accessKeyId === null) return isRefused ? 'names no access key' : undefined;
  if (!('issued' in lease)) return 'is about an access key whose issue is not recorded';
  return accessKeyId === lease.issued.data.accessKeyId
    ? undefined
    : 'is about another access key than the one that was issued';
}

function refusalFaults(name: string, { refusals }: LeaseProof): string[] {
  const times = refusals.map(({ at }) => Date.parse(at));
  const faults: string[] = [];
  if (refusals.length < REFUSALS_NEEDED)
    faults.push(`the proof of ${name} has ${refusals.length} refusals; ${REFUSALS_NEEDED} are needed`);
  const odd = refusals.findIndex(({ error, message }) => refusalKind(error, message) !== 'refused');
  if (odd !== -1) faults.push(`answer ${odd + 1} in the proof of ${name} does not show that access ended`);
  if (times.some((time, index) => !(time > (times[index - 1] ?? -Infinity))))
    faults.push(`the answers in the proof of ${name} are not at times that follow each other`);
  return faults;
}

/** Waiting proves the end only when it lasted beyond every deadline that is recorded for the lease. */
const waitFaults = (
  name: string,
  recorded: readonly { readonly deadline: string }[],
  proven: EventOf<'revocation.proven'>,
): string[] =>
  recorded.every(({ deadline }) => Date.parse(proven.at) > Date.parse(deadline))
    ? []
    : [`the proof of ${name} waited for its deadline, and is not later than that`];

const leftOver = (record: TaskRecord): string[] =>
  secretsLeft(record).map(({ name }) => `the secret ${name} was made and is not said to be destroyed`);
