import { sha256Hex } from '../canonical-json/digest.ts';
import type { ChainedEvent } from '../chain/evidence.ts';
import type { EventData, EventOf, EventType } from '../events/event.ts';
import { eventsOfType } from '../events/event-of-type.ts';
import { parseEvents } from '../events/parse-events.ts';
import { parsePolicy } from 'taskbound-iam/parse';
import type { PolicyDocument } from 'taskbound-iam/policy';

type Tools = Exclude<EventData<'work.finished'>['tools'], 'unknown'>;

/** One AWS call that the worker reported. */
export type ClaimedUse = Tools['uses'][number];

/** The calls that the worker reported; `complete` when each of them is listed. */
export interface Claim {
  readonly uses: readonly ClaimedUse[];
  readonly complete: boolean;
}

/** One lease, as its evidence has it. */
export interface LeaseFacts {
  readonly number: number;
  readonly accessKeyId: string;
  readonly issuedSecond: number;
  readonly deadlineSecond: number;
  readonly roleArn: string;
  /** Where the work ran, and the session was made. */
  readonly sessionName: string;
  readonly sourceIdentity: string;
  readonly policyText: string;
  /** Undefined when the text is none that IAM takes, or that is understood here. */
  readonly policy: PolicyDocument | undefined;
  readonly sessionSecretName: string;
  /** Who may read the session secret; undefined in evidence that does not say. */
  readonly readers: { readonly work: string; readonly proof: string } | undefined;
  /** Undefined when the worker's word is unknown: it died, or says nothing. */
  readonly claim: Claim | undefined;
}

interface DenyFacts {
  readonly policyName: string;
  readonly effective: boolean;
}

/** All that a task's evidence says and its trail can show. Times are whole seconds since the epoch, rounded down, as the trail has them. */
export interface TaskFacts {
  readonly boundaryId: string;
  /** Where the task was; undefined in evidence that does not say. */
  readonly place: { readonly accountId: string; readonly region: string } | undefined;
  readonly leases: readonly LeaseFacts[];
  /** Leases that were intended, and whose session may or may not exist. */
  readonly uncertainLeases: number;
  /** Names of the JIT secrets that were issued. */
  readonly secretNames: readonly string[];
  readonly requestedSecond: number;
  /** From when on nothing of the task may be accepted; undefined while it is not proven. */
  readonly provenSecond: number | undefined;
  /** When the last lease is over, or the boundary was closed when there was none. */
  readonly lastSecond: number;
  readonly closed: boolean;
  /** When the boundary was closed; undefined while it is not. */
  readonly closedSecond: number | undefined;
  readonly deny: DenyFacts | undefined;
  /** Ids of events that do not have the form that this audit knows. */
  readonly unreadable: readonly string[];
  /** Ids of events that contradict themselves. */
  readonly contradictory: readonly string[];
}

const secondOf = (time: string): number => Math.floor(Date.parse(time) / 1000);

function policyIn(text: string): PolicyDocument | undefined {
  try {
    return parsePolicy(text, 'identity');
  } catch {
    return undefined;
  }
}

type Issued = EventOf<'identity.issued'>;
type Worked = EventOf<'work.finished'>;
type Revoked = EventOf<'boundary.revoked'>;

/** The event of the last run names no lease: it is the last that was issued. */
function claimOf(lease: number, lastLease: number, worked: readonly Worked[]): Claim | undefined {
  const own = worked.find(({ data }) => (data.status === 'handed-on' ? data.lease : lastLease) === lease);
  const tools = own?.data.tools;
  if (tools === undefined || tools === 'unknown') return undefined;
  return { uses: tools.uses, complete: tools.count <= tools.uses.length };
}

function leasesOf(issued: readonly Issued[], worked: readonly Worked[]): LeaseFacts[] {
  const lastLease = Math.max(0, ...issued.map(({ data }) => data.lease));
  return issued.map(({ at, data }) => ({
    number: data.lease,
    accessKeyId: data.accessKeyId,
    issuedSecond: secondOf(at),
    deadlineSecond: secondOf(data.deadline),
    roleArn: data.roleArn,
    sessionName: data.sessionName,
    sourceIdentity: data.sourceIdentity,
    policyText: data.sessionPolicy,
    policy: policyIn(data.sessionPolicy),
    sessionSecretName: data.sessionSecretName,
    readers: data.sessionSecretReaders,
    claim: claimOf(data.lease, lastLease, worked),
  }));
}

/** The deny that took effect, if one did; otherwise the last that was tried. */
function denyOf(revoked: readonly Revoked[]): DenyFacts | undefined {
  const denies = revoked.flatMap(({ data: { deny } }) => (typeof deny === 'string' ? [] : [deny]));
  return denies.find(({ effective }) => effective) ?? denies.at(-1);
}

/** Of the raw events: when something happened is known also where its data cannot be read. */
const secondOfType = (events: readonly ChainedEvent[], type: EventType): number | undefined => {
  const event = events.find((each) => each.type === type);
  return event && secondOf(event.at);
};

function placeOf(arn = ''): TaskFacts['place'] {
  const [, , , region, accountId] = arn.split(':');
  return region && accountId ? { accountId, region } : undefined;
}

/** The types that the facts come from: the others may have any form. */
const READ: ReadonlySet<string | undefined> = new Set<EventType>([
  'identity.issued',
  'work.finished',
  'boundary.revoked',
  'task.requested',
  'secret.issued',
]);

/** The facts in a task's evidence. The chain is taken as it is; it was verified before. */
export function taskFacts(boundaryId: string, all: readonly ChainedEvent[]): TaskFacts {
  const { events, faults } = parseEvents(all);
  const issued = eventsOfType(events, 'identity.issued');
  const revoked = eventsOfType(events, 'boundary.revoked');
  const [requested] = eventsOfType(events, 'task.requested');
  const leases = leasesOf(issued, eventsOfType(events, 'work.finished'));
  const known = new Set(leases.map(({ number }) => number));
  const intended = new Set(revoked.flatMap(({ data }) => data.leases.map(({ lease }) => lease)));
  return {
    boundaryId,
    place: placeOf(requested?.data.executionArn),
    leases,
    uncertainLeases: [...intended].filter((lease) => !known.has(lease)).length,
    secretNames: eventsOfType(events, 'secret.issued').map(({ data }) => data.secretName),
    requestedSecond: secondOf(all[0]?.at ?? ''),
    provenSecond: secondOfType(all, 'revocation.proven'),
    lastSecond: Math.max(secondOf(all.at(-1)?.at ?? ''), ...leases.map((lease) => lease.deadlineSecond)),
    closed: all.at(-1)?.type === 'boundary.closed',
    closedSecond: secondOfType(all, 'boundary.closed'),
    deny: denyOf(revoked),
    unreadable: faults.flatMap(({ id, type }) => (READ.has(type) ? [id ?? '?'] : [])),
    contradictory: issued
      .filter(({ data }) => sha256Hex(data.sessionPolicy) !== data.policyDigest)
      .map(({ id }) => id),
  };
}
