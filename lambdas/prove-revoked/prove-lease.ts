import { ExpiryPending, NotProven, StillAccepted } from '../../core/shared/errors.ts';
import type { ChainedEvent } from 'taskbound-evidence/chain/evidence';
import { asEventOfType } from 'taskbound-evidence/events/event-of-type';
import type { LeaseProof } from 'taskbound-evidence/events/task-record';
import type { LedgerRow } from '../../core/ledger/ledger.ts';
import type { LeaseRecord } from '../../core/ledger/lease-record.ts';
import { REFUSALS_NEEDED } from 'taskbound-evidence/access-end/refusal';
import { deadlineText } from '../../core/grants/session-policy.ts';
import { mapInBatches } from '../../core/shared/map-in-batches.ts';
import { sessionCredentials, type SessionCredentials } from '../../core/work/work.ts';
import type { Canary, CanaryAnswer } from '../control/secrets/canary.ts';
import { versionIdFrom } from '../control/secrets/secrets.ts';
import type { ProveDependencies } from './deps.ts';
import { freshValue } from './fresh-value.ts';

/** Between two of the refusals that a proof needs. */
const PAUSE_MS = 1000;

/**
 * How many leases are proven at a time. A task has a hundred at most: one after the other, at 200 ms an
 * answer, they would take eighty seconds, longer than the function's minute. Ten at a time take ten.
 */
const SIDE_BY_SIDE = 10;

/** How far IAM's clock may be behind this function's. */
const CLOCK_MARGIN_MS = 30_000;

/** One answer to the task's own credential. */
type Refusal = LeaseProof['refusals'][number];

/** A lease that is being proven, with its credentials and answers so far. */
interface Candidate {
  readonly lease: LeaseRecord;
  readonly accessKeyId: string | undefined;
  /** With the lease's own credentials; undefined when they cannot be read. */
  readonly canary: Canary | undefined;
  readonly refusals: Refusal[];
  proof: LeaseProof['proof'];
}

/**
 * Proves all leases of a task together. A lease whose credentials cannot be read must be over; all others
 * make the canary call in rounds, several in parallel. A lease whose deadline has passed makes it too: its
 * end is observed, not assumed.
 */
export async function proveLeases(row: LedgerRow, deps: ProveDependencies): Promise<LeaseProof[]> {
  const canaries: Canary[] = [];
  const canaryOf = (...of: Parameters<ProveDependencies['canaryOf']>): Canary => {
    const canary = deps.canaryOf(...of);
    canaries.push(canary);
    return canary;
  };
  try {
    return await proveWith(row, { ...deps, canaryOf });
  } finally {
    for (const canary of canaries) canary.end();
  }
}

async function proveWith(row: LedgerRow, deps: ProveDependencies): Promise<LeaseProof[]> {
  const readEvents = once(() => deps.evidence.read(row.boundaryId));
  const candidates = await mapInBatches(row.leases, SIDE_BY_SIDE, (lease) =>
    candidateOf(row, lease, readEvents, deps),
  );
  await assertRefusals(candidates, deps);
  return candidates.map(({ lease, accessKeyId, proof, refusals }) => ({
    lease: lease.number,
    accessKeyId: accessKeyId ?? null,
    deadline: deadlineText(lease.deadlineMs),
    proof,
    refusals,
  }));
}

type ReadEvents = () => Promise<readonly ChainedEvent[]>;

/** Reads at most once: the evidence of a task with a hundred leases is long. */
function once<Result>(read: () => Promise<Result>): () => Promise<Result> {
  let reading: Promise<Result> | undefined;
  return () => (reading ??= read());
}

async function candidateOf(
  row: LedgerRow,
  lease: LeaseRecord,
  readEvents: ReadEvents,
  deps: ProveDependencies,
): Promise<Candidate> {
  const accessKeyId = lease.state === 'issued' ? lease.accessKeyId : await keyInEvidence(lease, readEvents);
  const credentials = accessKeyId === undefined ? undefined : await credentialsOf(lease, accessKeyId, deps);
  if (!credentials) assertExpired(row, lease, deps);
  const canary = credentials && deps.canaryOf(credentials, lease.sessionSecretName);
  return { lease, accessKeyId, canary, refusals: [], proof: canary ? 'refused' : 'expired' };
}

/**
 * A lease that is not recorded as issued may still have been issued: the evidence is written before the
 * value.
 */
async function keyInEvidence(lease: LeaseRecord, readEvents: ReadEvents): Promise<string | undefined> {
  const events = await readEvents();
  const issued = events.find((event) => event.id === `identity.issued:${lease.number}`);
  return asEventOfType(issued, 'identity.issued')?.data.accessKeyId;
}

async function credentialsOf(
  lease: LeaseRecord,
  accessKeyId: string,
  deps: ProveDependencies,
): Promise<SessionCredentials | undefined> {
  const value = await valueOf(lease, versionIdFrom(accessKeyId), deps);
  return value === undefined ? undefined : credentialsIn(value, lease);
}

/**
 * Undefined when the value cannot be read: it is gone, or its policy denies even this function, as after a
 * deploy that gave the function another role. A denial counts only once the lease is certainly over; until
 * then a policy change may still be taking effect.
 */
async function valueOf(
  lease: LeaseRecord,
  versionId: string,
  deps: ProveDependencies,
): Promise<string | undefined> {
  try {
    return await freshValue(() => deps.secrets.value(lease.sessionSecretName, versionId), lease, deps);
  } catch (error) {
    const isDenied = error instanceof Error && error.name === 'AccessDeniedException';
    if (!isDenied || !isOver(lease, deps)) throw error;
    return undefined;
  }
}

/**
 * A parser's error quotes its input, and the execution's history keeps errors: this error contains no part of
 * the value.
 */
function credentialsIn(value: string, lease: LeaseRecord): SessionCredentials {
  try {
    return sessionCredentials.parse(JSON.parse(value));
  } catch {
    throw new NotProven(
      `The session secret of lease ${lease.number} contains no credentials; it was changed from outside. Find out who wrote to it.`,
    );
  }
}

/**
 * Three rounds in which every lease is refused, at least a second apart. The first other answer ends the
 * proof.
 */
async function assertRefusals(candidates: readonly Candidate[], deps: ProveDependencies): Promise<void> {
  if (candidates.every(({ canary }) => canary === undefined)) return;
  for (let round = 1; round <= REFUSALS_NEEDED; round += 1) {
    if (round > 1) await deps.clock.sleep(PAUSE_MS);
    await mapInBatches(candidates, SIDE_BY_SIDE, (candidate) => assertRefusal(candidate, deps));
  }
}

/**
 * `refused` is permanent. A plain denial, as for the sessions of a deleted role, counts only once the lease
 * is certainly over, and makes the proof `expired`: the deadline has ended the lease, and the answers agree.
 */
async function assertRefusal(candidate: Candidate, deps: ProveDependencies): Promise<void> {
  const { lease, accessKeyId, canary, refusals } = candidate;
  if (canary === undefined) return;
  const answer = await canary.ask();
  const isExpired = answer.answer === 'denied' && isOver(lease, deps);
  if (answer.answer !== 'refused' && !isExpired) throw stillAccepted(lease, accessKeyId, answer);
  if (isExpired) candidate.proof = 'expired';
  const at = new Date(deps.clock.nowMs()).toISOString();
  refusals.push({ at, error: answer.error, message: answer.message });
}

function stillAccepted(
  { number }: LeaseRecord,
  accessKeyId: string | undefined,
  answer: CanaryAnswer,
): StillAccepted {
  const seen =
    answer.answer === 'accepted'
      ? 'still accepted'
      : `answered without a proof (${answer.error}: ${answer.message})`;
  return new StillAccepted(
    `Lease ${number}, key ${accessKeyId}, is ${seen}; it must be refused ${REFUSALS_NEEDED} times. It is tried again.`,
  );
}

/**
 * When the lease is certainly over, milliseconds: its deadline has passed on every clock, and it is too late
 * for one to be made.
 */
const overAtMs = (lease: LeaseRecord, { issueTimeoutMs }: ProveDependencies): number =>
  Math.max(lease.deadlineMs, lease.intendedAtMs + issueTimeoutMs) + CLOCK_MARGIN_MS;

const isOver = (lease: LeaseRecord, deps: ProveDependencies): boolean =>
  deps.clock.nowMs() > overAtMs(lease, deps);

/** The credentials, if they exist, cannot be read: only time ends them. */
function assertExpired(row: LedgerRow, lease: LeaseRecord, deps: ProveDependencies): void {
  if (isOver(lease, deps)) return;
  const safeAtMs = overAtMs(lease, deps);
  throw new ExpiryPending(
    `Lease ${lease.number} of ${row.boundaryId} was intended, and its credentials, if any, cannot be recovered; it is certain to be over at ${new Date(safeAtMs).toISOString()}. It is tried again.`,
  );
}
