import * as z from 'zod';
import { sha256Hex } from '../canonical-json/digest.ts';
import type { EvidenceEvent } from '../chain/evidence.ts';
import { parsePolicy } from 'taskbound-iam/parse';
import type { PolicyDocument } from 'taskbound-iam/policy';

/** One tool use of the worker's word. The runtime may tell more than is needed here. */
const use = z.object({
  action: z.string(),
  resource: z.string(),
  requestId: z.string(),
  outcome: z.string(),
});
export type ClaimedUse = z.infer<typeof use>;

/** What the worker says it did; `complete` when every use is told singly. */
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
  /** Leases that were intended and of whose session nobody knows whether it exists. */
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

const identityIssued = z.object({
  lease: z.int(),
  roleArn: z.string(),
  sessionName: z.string(),
  sourceIdentity: z.string(),
  accessKeyId: z.string().min(1),
  deadline: z.iso.datetime(),
  policyDigest: z.string(),
  sessionPolicy: z.string(),
  sessionSecretName: z.string(),
  sessionSecretReaders: z.object({ work: z.string(), proof: z.string() }).optional(),
});
const taskRequested = z.object({ executionArn: z.string().optional() });
const secretIssued = z.object({ secretName: z.string() });
const workFinished = z.object({
  lease: z.int().optional(),
  tools: z.union([z.literal('unknown'), z.object({ uses: z.array(use), count: z.int() })]),
});
const boundaryRevoked = z.object({
  deny: z.union([
    z.string(),
    z.object({
      policyName: z.string(),
      effective: z.boolean(),
    }),
  ]),
  leases: z.array(z.object({ lease: z.int() })),
});

const secondOf = (time: string): number => Math.floor(Date.parse(time) / 1000);

/** Events of one type whose data has the form that is asked, and the ids of the others. */
function dataOf<T>(
  events: readonly EvidenceEvent[],
  type: EvidenceEvent['type'],
  form: z.ZodType<T>,
  unreadable: string[],
): { readonly event: EvidenceEvent; readonly data: T }[] {
  return events.flatMap((event) => {
    if (event.type !== type) return [];
    const parsed = form.safeParse(event.data);
    if (parsed.success) return [{ event, data: parsed.data }];
    unreadable.push(event.id);
    return [];
  });
}

function policyIn(text: string): PolicyDocument | undefined {
  try {
    return parsePolicy(text, 'identity');
  } catch {
    return undefined;
  }
}

type Issued = { readonly event: EvidenceEvent; readonly data: z.infer<typeof identityIssued> };
type Worked = { readonly data: z.infer<typeof workFinished> };

/** The last run's event names no lease: it is the last that was issued. */
function claimOf(lease: number, lastLease: number, worked: readonly Worked[]): Claim | undefined {
  const own = worked.find(({ data }) => (data.lease ?? lastLease) === lease)?.data.tools;
  if (own === undefined || own === 'unknown') return undefined;
  return { uses: own.uses, complete: own.count <= own.uses.length };
}

function leasesOf(issued: readonly Issued[], worked: readonly Worked[]): LeaseFacts[] {
  const lastLease = Math.max(0, ...issued.map(({ data }) => data.lease));
  return issued.map(({ event, data }) => ({
    number: data.lease,
    accessKeyId: data.accessKeyId,
    issuedSecond: secondOf(event.at),
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

type Revoked = { readonly data: z.infer<typeof boundaryRevoked> };

/** The deny that took effect, if one did; otherwise the last that was tried. */
function denyOf(revoked: readonly Revoked[]): DenyFacts | undefined {
  const denies = revoked.flatMap(({ data: { deny } }) => (typeof deny === 'string' ? [] : [deny]));
  return denies.find(({ effective }) => effective) ?? denies.at(-1);
}

const secondOfType = (events: readonly EvidenceEvent[], type: EvidenceEvent['type']): number | undefined => {
  const event = events.find((each) => each.type === type);
  return event && secondOf(event.at);
};

function placeOf(arn = ''): TaskFacts['place'] {
  const [, , , region, accountId] = arn.split(':');
  return region && accountId ? { accountId, region } : undefined;
}

/** What the evidence says. The chain is taken as it is: whether it holds was asked before. */
export function taskFacts(boundaryId: string, events: readonly EvidenceEvent[]): TaskFacts {
  const unreadable: string[] = [];
  const issued = dataOf(events, 'identity.issued', identityIssued, unreadable);
  const worked = dataOf(events, 'work.finished', workFinished, unreadable);
  const revoked = dataOf(events, 'boundary.revoked', boundaryRevoked, unreadable);
  const [requested] = dataOf(events, 'task.requested', taskRequested, unreadable);
  const secrets = dataOf(events, 'secret.issued', secretIssued, unreadable);
  const leases = leasesOf(issued, worked);
  const known = new Set(leases.map(({ number }) => number));
  const intended = new Set(revoked.flatMap(({ data }) => data.leases.map(({ lease }) => lease)));
  return {
    boundaryId,
    place: placeOf(requested?.data.executionArn),
    leases,
    uncertainLeases: [...intended].filter((lease) => !known.has(lease)).length,
    secretNames: secrets.map(({ data }) => data.secretName),
    requestedSecond: secondOf(events[0]?.at ?? ''),
    provenSecond: secondOfType(events, 'revocation.proven'),
    lastSecond: Math.max(secondOf(events.at(-1)?.at ?? ''), ...leases.map((lease) => lease.deadlineSecond)),
    closed: events.at(-1)?.type === 'boundary.closed',
    closedSecond: secondOfType(events, 'boundary.closed'),
    deny: denyOf(revoked),
    unreadable,
    contradictory: issued
      .filter(({ data }) => sha256Hex(data.sessionPolicy) !== data.policyDigest)
      .map(({ event }) => event.id),
  };
}
