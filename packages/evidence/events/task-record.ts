import type { EvidenceEvent } from '../chain/evidence.ts';
import { eventsOf, listAt, numberAt, textAt } from './event-data.ts';

/** A lease, and what the proof says of it: an entry of `revocation.proven`, in whatever form it has there. */
export interface LeaseFacts {
  readonly number: number | undefined;
  readonly issued: EvidenceEvent;
  readonly proof: unknown;
}

/**
 * A lease that the teardown or the proof names, and whose issue no event tells: `IssueIdentity` stopped between AssumeRole and its event, or
 * before both. A session may have been issued; what it was allowed is not recorded.
 */
export interface UntoldLease {
  readonly number: number | undefined;
  /** The first event that names it. */
  readonly named: EvidenceEvent;
  readonly proof: unknown;
}

export interface SecretFacts {
  readonly name: string;
  readonly issued: EvidenceEvent;
  readonly revoked: EvidenceEvent | undefined;
}

/** The events of one task by what they tell. Nothing is judged here, and nothing is assumed of what their data holds. */
export interface TaskRecord {
  readonly requested: EvidenceEvent | undefined;
  readonly granted: readonly EvidenceEvent[];
  readonly refused: readonly EvidenceEvent[];
  readonly expired: EvidenceEvent | undefined;
  readonly admitted: EvidenceEvent | undefined;
  readonly rejected: EvidenceEvent | undefined;
  readonly ended: EvidenceEvent | undefined;
  readonly attempts: readonly EvidenceEvent[];
  readonly secrets: readonly SecretFacts[];
  readonly leases: readonly LeaseFacts[];
  readonly untold: readonly UntoldLease[];
  /** One `work.finished` for each run that said how it ended. */
  readonly runs: readonly EvidenceEvent[];
  /** The last one: a deny that took effect only in a repetition is told again. */
  readonly revoked: EvidenceEvent | undefined;
  readonly proven: EvidenceEvent | undefined;
  readonly closed: EvidenceEvent | undefined;
}

export function taskRecord(events: readonly EvidenceEvent[]): TaskRecord {
  const first = (type: EvidenceEvent['type']) => eventsOf(events, type)[0];
  const proven = first('revocation.proven');
  const proofs = listAt(proven?.data, 'leases');
  const leases = eventsOf(events, 'identity.issued').map((issued) => {
    const number = numberAt(issued.data, 'lease');
    return { number, issued, proof: proofOf(number, proofs) };
  });
  const teardowns = eventsOf(events, 'boundary.revoked');
  const secretsRevoked = eventsOf(events, 'secret.revoked');
  return {
    requested: first('task.requested'),
    granted: eventsOf(events, 'approval.granted'),
    refused: eventsOf(events, 'approval.refused'),
    expired: first('approval.expired'),
    admitted: first('task.admitted'),
    rejected: first('task.rejected'),
    ended: first('task.ended'),
    attempts: eventsOf(events, 'attempt.refused'),
    secrets: eventsOf(events, 'secret.issued').map((issued) => {
      const name = textAt(issued.data, 'name') ?? '?';
      return { name, issued, revoked: secretsRevoked.find(({ data }) => textAt(data, 'name') === name) };
    }),
    leases,
    untold: untoldIn([...teardowns, ...(proven ? [proven] : [])], leases, proofs),
    runs: eventsOf(events, 'work.finished'),
    revoked: teardowns.at(-1),
    proven,
    closed: first('boundary.closed'),
  };
}

const proofOf = (number: number | undefined, proofs: readonly unknown[]): unknown =>
  proofs.find((each) => number !== undefined && numberAt(each, 'lease') === number);

/** An entry without a number is a lease of its own: nobody can say which one it means. */
function untoldIn(
  naming: readonly EvidenceEvent[],
  leases: readonly LeaseFacts[],
  proofs: readonly unknown[],
): UntoldLease[] {
  const known = new Set<number | undefined>(leases.map(({ number }) => number));
  known.delete(undefined);
  return naming.flatMap((named) =>
    listAt(named.data, 'leases').flatMap((entry) => {
      const number = numberAt(entry, 'lease');
      if (known.has(number)) return [];
      if (number !== undefined) known.add(number);
      return [{ number, named, proof: proofOf(number, proofs) }];
    }),
  );
}

/** Whether a session was issued, or may have been. */
export const isLeased = ({ leases, untold }: TaskRecord): boolean => leases.length + untold.length > 0;

/** Whether anything was issued, or may have been. */
export const isIssued = (record: TaskRecord): boolean => isLeased(record) || record.secrets.length > 0;

/** `lease 3`, in sentences. */
export const leaseName = ({ number }: Pick<LeaseFacts, 'number'>): string => `lease ${number ?? '?'}`;

/** The secrets that were made and are not said to be gone. */
export const secretsLeft = ({ secrets }: TaskRecord): readonly SecretFacts[] =>
  secrets.filter(({ revoked }) => revoked === undefined);
