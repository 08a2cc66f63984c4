import type { EvidenceEvent } from './evidence.ts';
import { eventsOf, listAt, numberAt, textAt } from './event-data.ts';

/** A lease, and what the proof says of it: an entry of `revocation.proven`, in whatever form it has there. */
export interface LeaseFacts {
  readonly number: number | undefined;
  readonly issued: EvidenceEvent;
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
    leases: eventsOf(events, 'identity.issued').map((issued) => {
      const number = numberAt(issued.data, 'lease');
      const proof = proofs.find((each) => number !== undefined && numberAt(each, 'lease') === number);
      return { number, issued, proof };
    }),
    runs: eventsOf(events, 'work.finished'),
    revoked: eventsOf(events, 'boundary.revoked').at(-1),
    proven,
    closed: first('boundary.closed'),
  };
}

export const isIssued = ({ leases, secrets }: TaskRecord): boolean => leases.length + secrets.length > 0;

/** The secrets that were made and are not said to be gone. */
export const secretsLeft = ({ secrets }: TaskRecord): readonly SecretFacts[] =>
  secrets.filter(({ revoked }) => revoked === undefined);
