import type { EventData, EventOf, EventType } from './event.ts';
import { eventsOfType } from './event-of-type.ts';
import type { ParsedEvents } from './parse-events.ts';
import { unreadableEvents, type UnreadableEvent } from './unreadable-event.ts';

/** What a proof contains about one lease. */
export type LeaseProof = EventData<'revocation.proven'>['leases'][number];

/** A lease whose credentials are recorded as issued, and its part of the proof. */
export interface IssuedLease {
  readonly number: number;
  readonly issued: EventOf<'identity.issued'>;
  readonly proof: LeaseProof | undefined;
}

/**
 * A lease that may have been issued, and whose policy is not known: the teardown or the proof names it and no event records its issue, because
 * `IssueIdentity` stopped between AssumeRole and its event, or before both; or the event of its issue cannot be read.
 */
export interface UnrecordedLease {
  /** Undefined when the event of its issue cannot be read. */
  readonly number: number | undefined;
  /** The first event that names it. */
  readonly named: { readonly seq: number; readonly type: EventType };
  readonly proof: LeaseProof | undefined;
}

export interface IssuedSecret {
  readonly name: string;
  readonly issued: EventOf<'secret.issued'>;
  readonly revoked: EventOf<'secret.revoked'> | undefined;
}

/** The events of one task, sorted by what they record. Nothing is judged here. */
export interface TaskRecord {
  readonly requested: EventOf<'task.requested'> | undefined;
  readonly granted: readonly EventOf<'approval.granted'>[];
  readonly refused: readonly EventOf<'approval.refused'>[];
  readonly expired: EventOf<'approval.expired'> | undefined;
  readonly admitted: EventOf<'task.admitted'> | undefined;
  readonly rejected: EventOf<'task.rejected'> | undefined;
  readonly ended: EventOf<'task.ended'> | undefined;
  readonly attempts: readonly EventOf<'attempt.refused'>[];
  readonly secrets: readonly IssuedSecret[];
  readonly leases: readonly IssuedLease[];
  readonly unrecorded: readonly UnrecordedLease[];
  /** One event for each run that reported its end. */
  readonly runs: readonly EventOf<'work.finished'>[];
  /** The last one: a deny that took effect only in a repetition is recorded again. */
  readonly revoked: EventOf<'boundary.revoked'> | undefined;
  readonly proven: EventOf<'revocation.proven'> | undefined;
  readonly closed: EventOf<'boundary.closed'> | undefined;
  /** Events that happened and are in none of the fields above. */
  readonly unreadable: readonly UnreadableEvent[];
}

export function taskRecord({ events, faults }: ParsedEvents): TaskRecord {
  const all = <Type extends EventType>(type: Type) => eventsOfType(events, type);
  const unreadable = unreadableEvents(faults);
  const revocations = all('boundary.revoked');
  const [proven] = all('revocation.proven');
  const proofs = proofsByLease(proven);
  const leases = all('identity.issued').map((issued) => {
    const number = issued.data.lease;
    return { number, issued, proof: proofs.get(number) };
  });
  return {
    requested: all('task.requested')[0],
    granted: all('approval.granted'),
    refused: all('approval.refused'),
    expired: all('approval.expired')[0],
    admitted: all('task.admitted')[0],
    rejected: all('task.rejected')[0],
    ended: all('task.ended')[0],
    attempts: all('attempt.refused'),
    secrets: secretsOf(all('secret.issued'), all('secret.revoked')),
    leases,
    unrecorded: [
      ...withoutIssue([...revocations, ...(proven ? [proven] : [])], leases, proofs),
      ...unreadableOf({ unreadable }, 'identity.issued').map((named) => ({
        number: undefined,
        named,
        proof: undefined,
      })),
    ],
    runs: all('work.finished'),
    revoked: revocations.at(-1),
    proven,
    closed: all('boundary.closed')[0],
    unreadable,
  };
}

/** By a lease's number. The first entry counts. */
const proofsByLease = (proven: EventOf<'revocation.proven'> | undefined): Map<number, LeaseProof> =>
  new Map((proven?.data.leases ?? []).toReversed().map((proof) => [proof.lease, proof]));

const secretsOf = (
  issued: readonly EventOf<'secret.issued'>[],
  revoked: readonly EventOf<'secret.revoked'>[],
): IssuedSecret[] =>
  issued.map((event) => {
    const { name } = event.data;
    return { name, issued: event, revoked: revoked.find(({ data }) => data.name === name) };
  });

/** The leases that events name and that no event records as issued. */
function withoutIssue(
  naming: readonly (EventOf<'boundary.revoked'> | EventOf<'revocation.proven'>)[],
  leases: readonly IssuedLease[],
  proofs: ReadonlyMap<number, LeaseProof>,
): UnrecordedLease[] {
  const known = new Set(leases.map(({ number }) => number));
  return naming.flatMap((named) =>
    named.data.leases.flatMap(({ lease: number }) => {
      if (known.has(number)) return [];
      known.add(number);
      return [{ number, named, proof: proofs.get(number) }];
    }),
  );
}

/** The unreadable events of some types. */
export const unreadableOf = (
  { unreadable }: Pick<TaskRecord, 'unreadable'>,
  ...types: readonly EventType[]
): readonly UnreadableEvent[] => unreadable.filter(({ type }) => types.includes(type));

/** Whether a session was issued, or may have been. */
export const isLeased = ({ leases, unrecorded }: TaskRecord): boolean =>
  leases.length + unrecorded.length > 0;

/** Whether anything was issued, or may have been. */
export const isIssued = (record: TaskRecord): boolean =>
  isLeased(record) || record.secrets.length > 0 || unreadableOf(record, 'secret.issued').length > 0;

/** Whether a proof was recorded, readable or not. */
export const isProven = (record: TaskRecord): boolean =>
  record.proven !== undefined || unreadableOf(record, 'revocation.proven').length > 0;

/** Whether the boundary was closed, by an event that can be read or not. */
export const isClosed = (record: TaskRecord): boolean =>
  record.closed !== undefined || unreadableOf(record, 'boundary.closed').length > 0;

/** Whether a person refused the task, by an event that can be read or not. */
export const isRefused = (record: TaskRecord): boolean =>
  record.refused.length > 0 || unreadableOf(record, 'approval.refused').length > 0;

/** `lease 3`, in sentences. */
export const leaseName = ({ number }: { readonly number: number | undefined }): string =>
  `lease ${number ?? '?'}`;

/** The secrets that were made and are not recorded as destroyed. */
export const secretsLeft = ({ secrets }: TaskRecord): readonly IssuedSecret[] =>
  secrets.filter(({ revoked }) => revoked === undefined);
